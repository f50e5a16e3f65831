import { chooseGate } from './choose-gate.js';
import { type CutRun, findCutRun, readPastRun } from './cut-run.js';
import { deadFor } from './dead-for.js';
import { endLeftovers } from './end-leftovers.js';
import type { EventStream } from './event-stream.js';
import { giveUp } from './finish-settled.js';
import { unboundEnvironment } from './git/environment.js';
import { Git } from './git/git.js';
import { hewHome, worktreesFolder } from './git/places.js';
import type { LandRunRequest } from './land-run.js';
import { looseEnds } from './loose-ends.js';
import { makeEnvironments } from './make-environments.js';
import { openGuardedFolder } from './open-guarded-folder.js';
import { trunkContext } from './open-run.js';
import { NOTHING_CARRIED, openQueueFor } from './preflight.js';
import { liveRunProblem } from './preflight-project.js';
import { childEnvironment } from './processes/child-environment.js';
import type { QueueContext } from './run-context.js';
import { reapDeadRuns } from './reap-dead-runs.js';
import { takeRunLock } from './run-lock.js';
import { readSettings, resolveSettings, type Settings, SettingsError } from './settings.js';
import { settleRun } from './settle-run.js';
import type { RunState } from './state.js';
import { findCarried } from './worktree/find-carried.js';

export type AbandonResult =
  | { readonly kind: 'abandoned'; readonly state: RunState }
  | { readonly kind: 'refused'; readonly problem: string };

/**
 * Gives a run up that was cut: does all that a resume does but go on (LOOP.md §10). It needs neither agent nor gate.
 * Throws a GitError or a QueueError where the world cannot be read; it can be given up again then.
 */
export async function abandonRun(
  request: LandRunRequest,
  listen: (events: EventStream) => void,
): Promise<AbandonResult> {
  const refused = (problem: string): AbandonResult => ({ kind: 'refused', problem });
  const env = await unboundEnvironment(childEnvironment(request.env));
  const git = new Git({ ...env, GIT_OPTIONAL_LOCKS: '0' });
  const found = await findCutRun(git, request.cwd, request.run);
  if (found.kind === 'refused') return refused(found.problem);
  const { places, run } = found.cut;
  const taken = await takeRunLock(places.common_dir, run);
  if (taken.kind === 'held') return refused(liveRunProblem(taken.by));
  await using _lock = taken.lock;
  const past = await readPastRun(places, run);
  if (!past || past.state.finished) return refused(`${run} has ended meanwhile.`);
  const serial = past.started.mode === 'serial';
  const { clock } = request;
  const { state } = past;
  const away_ms = deadFor(state, clock);
  const folder = { run, places, serial, clock, env: request.env, state };
  const reaped = await reapDeadRuns(places);
  const opened = await openGuardedFolder(folder, listen);
  for (const each of reaped) opened.events.note({ type: 'notice', level: 'info', text: each });
  try {
    const context = await contextOf(request, { ...past, places }, { git, env }, opened);
    if (typeof context === 'string') return refused(context);
    const text = `${run} was cut: giving it up`;
    context.events.note({ type: 'notice', level: 'info', text });
    const leftovers = await endLeftovers(context);
    if (leftovers !== null) return refused(leftovers);
    const { workers } = await settleRun(context, looseEnds(past.events));
    await giveUp(context, workers, away_ms);
    return { kind: 'abandoned', state: context.events.state };
  } finally {
    await opened.close();
  }
}

async function contextOf(
  request: LandRunRequest,
  { run, places, started }: CutRun,
  { git, env }: { readonly git: Git; readonly env: Readonly<Record<string, string>> },
  opened: Parameters<typeof trunkContext>[1],
): Promise<QueueContext | string> {
  const { clock } = request;
  const problems: string[] = [];
  const options = { queue: started.queue };
  const queue = await openQueueFor({ options, clock }, places, env, problems);
  if (!queue) return problems.join('\n');
  const settings = await settingsOf(places.home);
  const gate = (await chooseGate(!started.ungated, places.home, settings, [])) ?? null;
  const serial = started.mode === 'serial';
  const worktrees = worktreesFolder(await hewHome(request.env), run);
  const carried = serial ? NOTHING_CARRIED : await findCarried(git, places.home, settings.worktree);
  const environments = await makeEnvironments({ git, home: places.home, env, worktrees, carried });
  const basis = {
    run,
    places,
    settings,
    environments,
    carried,
    worktrees,
    gate,
    serial,
    clock,
    git: new Git(environments.hew),
    start: { sha: started.starting_sha, branch: started.starting_branch },
  };
  return { ...(await trunkContext(basis, opened, request.aborted)), queue };
}

/** A file of settings that has become unusable is no reason to keep a dead run. */
async function settingsOf(home: string): Promise<Settings> {
  const file = await readSettings(home).catch((error: unknown) => {
    if (error instanceof SettingsError) return {};
    throw error;
  });
  return resolveSettings(file, {});
}
