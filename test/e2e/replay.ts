import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readJournal } from '../../source/engine/read-journal.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { readIterationRecord } from '../../source/engine/run-files/iteration-record.js';
import { readManifestRecord } from '../../source/engine/run-files/manifest-record.js';
import { readRunRecord } from '../../source/engine/run-files/run-record.js';
import type { GitProject } from '../git-project.js';
import { checkInvariants } from '../state-invariants.js';
import type { LoopRun } from './loop-run.js';

/** The folder of a run's files. */
export function folderOf(project: GitProject, run: string): string {
  return join(project.path, '.hew', 'loop', run);
}

/**
 * Asserts that the journal of a run that has ended tells what the run was: no prefix breaks an invariant, the whole is
 * the state that the run ended with, and the files beside it agree.
 */
export async function expectReplay(project: GitProject, run: LoopRun): Promise<void> {
  const folder = folderOf(project, run.run);
  const { events, torn } = await readJournal(join(folder, 'events.jsonl'));
  expect(torn).toBeNull();
  let state = EMPTY_STATE;
  for (const [index, event] of events.entries()) {
    state = reduce(state, event);
    const problems = checkInvariants(state);
    expect({ problems, after: problems.length === 0 ? null : events.slice(0, index + 1) }).toEqual({
      problems: [],
      after: null,
    });
  }
  expect(events).toEqual(run.events);
  expect(state).toEqual(run.state);
  await expectRunFiles(folder, run);
}

/** Asserts that run.json, manifest.json and every iter-NNN.json tell what the run's events told. */
async function expectRunFiles(folder: string, run: LoopRun): Promise<void> {
  const { state } = run;
  const started = run.all('iteration.started');
  const finished = run.all('iteration.finished');
  const tokens = finished.reduce((sum, { tokens: of }) => sum + Object.values(of).reduce((a, b) => a + b), 0);
  const ended = run.all('run.finished')[0];
  expect(await readRunRecord(join(folder, 'run.json'))).toMatchObject({
    id: run.run,
    started_at: run.events[0]?.at,
    iter_count: started.length,
    cumulative_tokens: tokens,
    stop_reason: ended?.stop_reason,
    exit_code: ended?.exit_code,
    landing: state.landing,
    settled: state.settled,
    trunk_sha: state.run?.trunk === null ? null : state.trunk,
  });
  const workers = [...state.workers.values()];
  const serial = state.run?.mode === 'serial';
  expect(await readManifestRecord(join(folder, 'manifest.json'))).toMatchObject({
    run_id: run.run,
    jobs: state.run?.jobs,
    completed_at: ended?.at,
    workers: workers.map(({ worker, branch }) => ({
      id: worker,
      branch,
      log_subdir: serial ? '.' : `worker-${worker}`,
      iter_count: started.filter((each) => each.worker === worker).length,
    })),
  });

  const files = await readdir(folder, { recursive: true });
  expect(files.filter((name) => /(^|\/)iter-\d+\.json$/.test(name))).toHaveLength(started.length);
  for (const event of finished) {
    const place = serial ? folder : join(folder, `worker-${event.worker}`);
    const name = `iter-${String(event.iteration).padStart(3, '0')}.json`;
    const begun = started.find(
      ({ worker, iteration }) => worker === event.worker && iteration === event.iteration,
    );
    expect(await readIterationRecord(join(place, name))).toMatchObject({
      number: event.iteration,
      task_id: event.task,
      started_at: begun?.at,
      ended_at: event.at,
      end: event.end,
      reason: event.reason,
      salvage: event.salvage,
      files: event.files,
      attempt: event.attempt,
      slot: event.slot,
      prompt_prefix_hash: begun?.prompt_hash,
      ...(event.end === 'merged' ? { outcome: 'closed', sha: mergedAs(run, event) } : {}),
    });
  }
}

function mergedAs(run: LoopRun, { worker, iteration }: { worker: number; iteration: number }): string | null {
  const merges = run.all('merge.finished').filter(({ outcome }) => outcome === 'merged');
  return merges.find((merge) => merge.worker === worker && merge.iteration === iteration)?.sha ?? null;
}
