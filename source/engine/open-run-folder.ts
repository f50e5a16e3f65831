import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock.js';
import { EventStream } from './event-stream.js';
import { type Places, runFolder } from './git/places.js';
import type { RunId } from './ids.js';
import { openJournal } from './journal.js';
import { RunFiles } from './keep-run-files.js';
import { makeIgnoredFolder } from './queue/ignored-folder.js';
import type { AgentSettings } from './agent-settings.js';
import { makeRedactor, type Redactor } from './redactor.js';
import { EMPTY_STATE } from './reduce.js';
import type { RunState } from './state.js';

/** Which run's folder it is, and what is known of the run. */
export interface RunFolderRequest {
  readonly run: RunId;
  readonly places: Pick<Places, 'hew'>;
  readonly serial: boolean;
  readonly clock: Clock;
  /** What hew was started with: its secrets reach no event. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What agents are given beside it: its secrets reach none, either. */
  readonly agents?: Readonly<Record<string, Pick<AgentSettings, 'env'>>>;
  /** What the journal's earlier events have made; nothing for a run that begins. */
  readonly state?: RunState;
}

/** A run's folder while events are written to it. */
export interface RunFolder {
  readonly folder: string;
  readonly events: EventStream;
  readonly files: RunFiles;
  readonly redactor: Redactor;
  /** Writes what is still to be written, and lets go of the journal. Rejects when a file could not be written. */
  close(): Promise<void>;
}

/**
 * Opens the folder of a run, and makes it where it is missing: from now on every event goes to its journal, its files and
 * `listen`'s listeners. Throws a JournalError when the journal cannot be written.
 */
export async function openRunFolder(
  { run, places, serial, clock, env, agents = {}, state = EMPTY_STATE }: RunFolderRequest,
  listen: (events: EventStream) => void,
): Promise<RunFolder> {
  const folder = runFolder(places, run);
  await makeIgnoredFolder(join(places.hew, 'loop'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const journal = await openJournal(join(folder, 'events.jsonl'));
  const redactor = makeRedactor(env, ...Object.values(agents).map((agent) => agent.env));
  const events = new EventStream(journal, clock, state, redactor);
  const files = new RunFiles(folder, serial, clock);
  events.subscribe((event, after) => files.take(event, after));
  listen(events);
  const close = async (): Promise<void> => {
    try {
      await files.settle();
    } finally {
      await journal.close();
    }
  };
  return { folder, events, files, redactor, close };
}
