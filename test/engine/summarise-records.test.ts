import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runIdSchema } from '../../source/engine/ids.js';
import { readRunRecords } from '../../source/engine/run-files/run-records.js';
import { summariseRecords } from '../../source/engine/summarise-records.js';
import type { Summary } from '../../source/engine/summary.js';
import { temporaryFolder } from '../temporary-folder.js';

const EARLIER = fileURLToPath(new URL('../fixtures/earlier-runs', import.meta.url));
const NOW = new Date('2026-03-03T10:00:00Z');
const MINUTE = 60_000;

async function summaryOf(id: string, alive = false): Promise<Summary> {
  const run = runIdSchema.parse(id);
  return summariseRecords(await readRunRecords(`${EARLIER}/${run}`), { run, alive, now: NOW });
}

function rows({ workers, all }: Summary): unknown[] {
  return [...workers, all].map(({ worker, iterations, closed, runtimes, tokens, stop }) => [
    worker,
    iterations,
    closed,
    runtimes.join('+'),
    tokens,
    stop,
  ]);
}

describe('summariseRecords', () => {
  it('tells a row for each worker and all of them together', async () => {
    const summary = await summaryOf('loop-20260301T090000Z-0a0b0c01');
    expect(rows(summary)).toEqual([
      [0, 2, 2, 'claude', 21_000, 'ready_empty'],
      [1, 2, 1, 'codex', 20_000, 'all_quiet'],
      [2, 1, 0, '', 0, null],
      ['all', 5, 3, 'claude+codex', 41_000, 'ready_empty'],
    ]);
    expect(summary).toMatchObject({
      standing: 'ended',
      stop_reason: 'ready_empty',
      wall_ms: 90 * MINUTE,
      problems: [],
      counts: { merged: 3, failed: 1 },
      in_work: 0,
      timeline: null,
      all: { cost_unknown: true, wall_ms: null, busy: null },
    });
    expect(summary.tasks.map(({ id, fate, tries, tokens }) => [id, fate, tries, tokens])).toEqual([
      ['app-4', 'failed', 1, 0],
      ['app-1', 'merged', 1, 10_000],
      ['app-2', 'merged', 2, 20_000],
      ['app-3', 'merged', 1, 11_000],
    ]);
  });

  it('tells a run with one job, which has no folders of workers and no manifest', async () => {
    const summary = await summaryOf('loop-20260302T090000Z-0a0b0c02');
    expect(rows(summary)).toEqual([
      [0, 2, 1, 'claude', 20_000, 'max_iter'],
      ['all', 2, 1, 'claude', 20_000, 'max_iter'],
    ]);
    expect(summary.wall_ms).toBe(21 * MINUTE);
  });

  it('tells a run that has crashed as far as it came, and which of its files cannot be read', async () => {
    const summary = await summaryOf('loop-20260303T090000Z-0a0b0c03');
    expect(summary).toMatchObject({
      standing: 'crashed',
      last_seen: '2026-03-03T09:00:10Z',
      problems: [expect.stringMatching(/worker-1\/iter-001.json, field number: /)],
    });
    expect(summary.tasks.map(({ id, fate }) => [id, fate])).toEqual([['app-7', 'open again']]);
    expect(rows(summary)).toEqual([
      [0, 1, 0, 'claude', 0, null],
      ['all', 1, 0, 'claude', 0, null],
    ]);
  });

  it('tells a run that goes on until now', async () => {
    const summary = await summaryOf('loop-20260303T090000Z-0a0b0c03', true);
    expect(summary).toMatchObject({ standing: 'goes_on', in_work: 1, wall_ms: 60 * MINUTE });
  });

  it('tells a folder without any file', async () => {
    await using folder = await temporaryFolder();
    const run = runIdSchema.parse('loop-20260303T090000Z-0a0b0c03');
    const summary = summariseRecords(await readRunRecords(folder.path), { run, alive: false, now: NOW });
    expect(summary).toMatchObject({
      standing: 'crashed',
      last_seen: null,
      wall_ms: 0,
      tasks: [],
      workers: [],
    });
  });
});
