import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_SUM, withSum } from '../../source/engine/journal-sum.ts';
import type { BenchProject } from '../bench-project.ts';

const SHA = '4be1c09'.padEnd(40, '0');
const START = Date.parse('2026-01-01T00:00:00Z');

function runId(number: number): string {
  return `loop-20260101T000000Z-${number.toString(16).padStart(8, '0')}`;
}

function folderOf(project: BenchProject, run: string): string {
  const folder = join(project.path, '.hew', 'loop', run);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(project.path, '.hew', '.gitignore'), '*\n');
  return folder;
}

/** Writes so many runs that have ended, as their run.json tells them. */
export function storeRuns(project: BenchProject, count: number): void {
  for (let number = 0; number < count; number += 1) {
    const id = runId(number);
    const at = new Date(START + number * 1000).toISOString();
    const sums = { iter_count: 12, cumulative_tokens: 4_810_000, cost_usd: 3.41, cost_unknown: false };
    const fates = { merged: 9, failed: 1, conflicted: 1 };
    const landing = { kind: 'landed', how: 'fast_forward', from: SHA, to: SHA };
    const record = {
      id,
      started_at: at,
      last_updated_at: at,
      stop_reason: 'ready_empty',
      jobs: 4,
      tasks_left: 1,
    };
    const text = JSON.stringify({ ...record, ...sums, fates, landing, starting_branch: 'main' }, null, 2);
    writeFileSync(join(folderOf(project, id), 'run.json'), text);
  }
}

/** Writes a run of so many iterations on 16 slots: every third task is tried twice, every fiftieth iteration conflicts. */
export function storeLongRun(project: BenchProject, iterations: number): void {
  const run = runId(0);
  const lines: string[] = [];
  let at = START;
  let sum = FIRST_SUM;
  const tell = (type: string, fields: object): void => {
    at += 250;
    const event = { v: 1, type, at: new Date(at).toISOString(), ...fields };
    const summed = withSum(JSON.stringify(event), sum);
    sum = summed.sum;
    lines.push(summed.line);
  };
  const limits = { max_iter: null, budget_tokens: null, budget_cost: null, budget_wall_ms: null };
  const place = {
    home: project.path,
    starting_branch: 'main',
    starting_sha: SHA,
    trunk: `loop/${run}/trunk`,
  };
  const how = {
    jobs: 16,
    mode: 'worktrees',
    runtime: 'claude',
    queue: 'file',
    attempts: 2,
    ungated: false,
    limits,
  };
  tell('run.started', { run_id: run, ...how, ...place });
  for (let slot = 1; slot <= 16; slot += 1) {
    const worker = {
      branch: `loop/${run}/w${slot - 1}`,
      path: `/wt/${slot - 1}`,
      git_dir: `/git/${slot - 1}`,
    };
    tell('worker.created', { slot, worker: slot - 1, ...worker, base: SHA });
  }
  let tasks = 0;
  let again: { readonly task: string; readonly slot: number } | null = null;
  for (let number = 0; number < iterations; number += 1) {
    const retried: { readonly task: string; readonly slot: number } | null = again;
    again = null;
    const task: string = retried?.task ?? `app-${(tasks += 1)}`;
    const slot: number = retried?.slot ?? (number % 16) + 1;
    const fails = retried === null && tasks % 3 === 0;
    const attempt = retried ? 2 : 1;
    const work = { slot, worker: slot - 1, task, attempt, iteration: Math.floor(number / 16) + 1 };
    const owner = { slot, worker: slot - 1, task };
    const used = { input: 900, output: 300, cache_read: 48_000, cache_create: 0 };
    const spent = { tokens: used, cost_usd: 0.31, model: 'sonnet', duration_ms: 60_000 };
    if (!retried) {
      tell('task.claiming', owner);
      tell('task.claimed', { ...owner, title: `Do the work of ${task}`, priority: 2 });
    }
    tell('iteration.started', {
      ...work,
      base: SHA,
      prompt_hash: '00f067aa0ba902b7',
      runtime: 'claude',
      model: null,
    });
    tell('agent.finished', { ...work, exit_code: 0, closing: 'closed', ...spent });
    tell('gate.started', { ...work, which: 'own' });
    const gate = { which: 'own', outcome: fails ? 'red' : 'green', command: 'npm test', duration_ms: 9000 };
    tell('gate.finished', { ...work, ...gate });
    const result = {
      runtime: 'claude',
      salvage: null,
      files: [],
      reason: fails ? 'gate red: npm test' : null,
    };
    if (fails) again = { task, slot };
    else {
      tell('merge.queued', { ...work, result: SHA });
      tell('merge.started', { ...work, candidate: SHA, onto: SHA });
      tell('merge.finished', {
        ...work,
        outcome: 'merged',
        sha: SHA,
        files: ['source/a.ts', 'test/a.test.ts'],
      });
      tell('task.closing', { ...work, sha: SHA });
      tell('task.closed', { task, sha: SHA, how: 'merged' });
    }
    const end = fails
      ? { end: 'gate_red', counted: true, fate: null }
      : { end: 'merged', counted: false, fate: 'merged' };
    tell('iteration.finished', { ...work, ...end, ...result, ...spent });
  }
  tell('run.finished', { stop_reason: 'ready_empty', exit_code: 0, tasks_left: 0 });
  writeFileSync(join(folderOf(project, run), 'events.jsonl'), lines.join(''));
}
