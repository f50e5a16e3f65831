import process from 'node:process';
import { type Places, runFolder } from '../engine/git/places.js';
import type { Git } from '../engine/git/git.js';
import type { RunId } from '../engine/ids.js';
import { makeRedactor } from '../engine/redactor.js';
import type { RunState } from '../engine/state.js';
import { RunTranscripts } from '../engine/transcript/run-transcripts.js';
import type { TranscriptSource } from '../engine/transcript/transcript.js';

/** Whose iterations are to be read. */
interface ReadRun {
  readonly run: RunId;
  readonly places: Pick<Places, 'hew'>;
  readonly git: Git;
}

/** What the screen of a run reads in full; `state` tells what is known of it at the moment. */
export function transcriptsOf({ run, places, git }: ReadRun, state: () => RunState): TranscriptSource {
  return new RunTranscripts({
    folder: runFolder(places, run),
    state,
    git,
    redactor: makeRedactor(process.env),
  });
}
