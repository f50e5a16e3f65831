import process from 'node:process';
import { openProject, type Project } from '../engine/open-project.js';
import { type RunId, runIdSchema } from '../engine/ids.js';
import { plainText } from '../engine/plain-text.js';
import { Refusal } from './command.js';

/** The project around the current folder; throws a {@link Refusal} with what mends it when there is none. */
export async function projectHere(): Promise<Project> {
  const opened = await openProject({ cwd: process.cwd(), env: process.env }).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new Refusal('git cannot be started. Install it from git-scm.com, then try again.', { cause });
  });
  if (opened.kind === 'missing') throw new Refusal(opened.problem);
  return opened.project;
}

/** A run id that was typed; throws a {@link Refusal} when it is none. */
export function typedRunId(text: string): RunId {
  const run = runIdSchema.safeParse(text).data;
  if (!run) throw new Refusal(`"${plainText(text)}" is not a run id. hew loop list shows them.`);
  return run;
}
