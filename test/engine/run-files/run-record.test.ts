import { readFile, writeFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totalTokens } from '../../../source/engine/reduce-iteration.js';
import { EMPTY_STATE, reduce } from '../../../source/engine/reduce.js';
import { RunFileError } from '../../../source/engine/run-files/run-file-error.js';
import { readRunRecord, runRecord, runRecordSchema } from '../../../source/engine/run-files/run-record.js';
import { writeRecord } from '../../../source/engine/run-files/write-record.js';
import { eventSequences } from '../../event-sequences.js';
import { EXAMPLE_RUN, exampleBodies, exampleSha, exampleState, started } from '../../example-run.js';
import { temporaryFolder } from '../../temporary-folder.js';

const NOW = new Date('2026-11-22T18:08:00.000Z');

describe('runRecord', () => {
  it('tells what listings, landings and later runs need', () => {
    const state = exampleState(exampleBodies());
    expect(runRecord(state, NOW, { socket: '/tmp/hew.sock' })).toEqual({
      id: EXAMPLE_RUN,
      started_at: '2026-11-22T10:15:00.000Z',
      last_updated_at: '2026-11-22T18:08:00.000Z',
      iter_count: 7,
      cumulative_tokens: totalTokens(state.tokens),
      stop_reason: 'ready_empty',
      max_iter: null,
      strict: false,
      interactive: false,
      jobs: 4,
      mode: 'worktrees',
      runtime: 'claude',
      queue: 'file',
      home: '/home/me/app',
      starting_branch: 'main',
      starting_sha: exampleSha('4be1c09'),
      trunk: `loop/${EXAMPLE_RUN}/trunk`,
      trunk_sha: exampleSha('8c1f02e'),
      landing: {
        kind: 'landed',
        how: 'fast_forward',
        from: exampleSha('4be1c09'),
        to: exampleSha('8c1f02e'),
      },
      parked: [
        {
          worker: 3,
          task: 'app-16',
          bug: 'app-41',
          branch: `loop/${EXAMPLE_RUN}/w3`,
          path: `/home/me/.hew/wt/${EXAMPLE_RUN}/3`,
          git_dir: '/home/me/app/.git/worktrees/3',
          result: exampleSha('77ab012'),
        },
      ],
      settled: [],
      exit_code: 1,
      cost_usd: state.cost_usd,
      cost_unknown: true,
      fates: { merged: 2, empty: 1, conflicted: 1, failed: 1, stranded: 0, 'open again': 1 },
      tasks_left: 2,
      ungated: false,
      socket: '/tmp/hew.sock',
    });
  });

  it('has no trunk where the run has none, and no reason while the run goes on', () => {
    const record = runRecord(exampleState([started({ jobs: 1, mode: 'serial', trunk: null })]), NOW, {
      interactive: true,
    });
    expect(record).toMatchObject({ trunk: null, trunk_sha: null, stop_reason: null, exit_code: null });
    expect(record).toMatchObject({ interactive: true, strict: false });
  });

  it('cannot be made before the run has started', () => {
    expect(() => runRecord(EMPTY_STATE, NOW)).toThrow('internal:');
  });

  it('is read back as it was made, after every event of any run', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        let state = EMPTY_STATE;
        for (const event of events) {
          state = reduce(state, event);
          const record = runRecord(state, NOW);
          expect(runRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('readRunRecord', () => {
  it('reads what was written', async () => {
    await using folder = await temporaryFolder();
    const record = runRecord(exampleState(exampleBodies()), NOW);
    await writeRecord(folder.at('run.json'), record);
    expect(await readRunRecord(folder.at('run.json'))).toEqual(record);
  });

  it("reads an earlier hew's file: what it does not know is ignored, what is missing is null", async () => {
    await using folder = await temporaryFolder();
    const earlier = {
      id: EXAMPLE_RUN,
      started_at: '2026-05-01T08:00:00Z',
      last_updated_at: '2026-05-01T09:00:00Z',
      iter_count: 4,
      cumulative_tokens: 120_000,
      stop_reason: 'ready_empty',
      max_iter: null,
      interactive: false,
      colour: 'green',
    };
    await writeFile(folder.at('run.json'), JSON.stringify(earlier));
    const { colour, ...known } = earlier;
    expect(colour).toBe('green');
    const record = await readRunRecord(folder.at('run.json'));
    expect(record).toMatchObject(known);
    const added = Object.entries(record).filter(([name]) => !(name in earlier));
    expect(added.map(([name]) => name)).toContain('strict');
    expect(added.map(([, value]) => value)).toEqual(added.map(() => null));
    expect(record).not.toHaveProperty('colour');
  });

  it.each([
    [{ iter_count: 3 }, 'id'],
    [{ id: '../../etc' }, 'id'],
    [{ id: EXAMPLE_RUN, iter_count: 'many' }, 'iter_count'],
    [{ id: EXAMPLE_RUN, parked: [{ worker: 0 }] }, 'parked.0.task'],
  ])('names the file and the field that is wrong: %j', async (value, field) => {
    await using folder = await temporaryFolder();
    const path = folder.at('run.json');
    await writeFile(path, JSON.stringify(value));
    const error = await readRunRecord(path).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RunFileError);
    expect(error).toMatchObject({ path, field });
    expect(String(error)).toContain(`${path}, field ${field}: `);
  });

  it('says what is wrong with a whole file', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('run.json');
    await expect(readRunRecord(path)).rejects.toMatchObject({ path, field: null, cause: { code: 'ENOENT' } });
    await writeFile(path, '{"id": ');
    await expect(readRunRecord(path)).rejects.toThrow(`${path}: is not JSON`);
    await writeFile(path, '[]');
    await expect(readRunRecord(path)).rejects.toThrow(`${path}: `);
    expect(await readFile(path, 'utf8')).toBe('[]');
  });
});
