import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { EMPTY_STATE } from '../../../source/engine/reduce.js';
import { manifestRecord, readManifestRecord } from '../../../source/engine/run-files/manifest-record.js';
import { writeRecord } from '../../../source/engine/run-files/write-record.js';
import { EXAMPLE_RUN, exampleBodies, exampleState, started, worker } from '../../example-run.js';
import { temporaryFolder } from '../../temporary-folder.js';

describe('manifestRecord', () => {
  it('lists the workers with the folders of their files', () => {
    const record = manifestRecord(exampleState(exampleBodies()));
    expect(record).toMatchObject({
      run_id: EXAMPLE_RUN,
      jobs: 4,
      started_at: '2026-11-22T10:15:00.000Z',
      completed_at: '2026-11-22T18:07:00.000Z',
    });
    expect(record.workers).toHaveLength(5);
    expect(record.workers?.[2]).toEqual({
      id: 2,
      branch: `loop/${EXAMPLE_RUN}/w2`,
      log_subdir: 'worker-2',
      iter_count: 2,
      cumulative_tokens: 96_200,
      stop_reason: 'ready_empty',
    });
    expect(record.workers?.[3]).toMatchObject({ id: 3, iter_count: 1, stop_reason: null });
  });

  it('knows that one job has no folder of its own', () => {
    const record = manifestRecord(
      exampleState([started({ jobs: 1, mode: 'serial', trunk: null }), worker(0)]),
    );
    expect(record).toMatchObject({ completed_at: null, workers: [{ id: 0, log_subdir: '.' }] });
  });

  it('cannot be made before the run has started', () => {
    expect(() => manifestRecord(EMPTY_STATE)).toThrow('internal:');
  });

  it('is read back, and so is an earlier one', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('manifest.json');
    const record = manifestRecord(exampleState(exampleBodies()));
    await writeRecord(path, record);
    expect(await readManifestRecord(path)).toEqual(record);
    await writeFile(
      path,
      JSON.stringify({ run_id: EXAMPLE_RUN, workers: [{ id: 0, extra: 1 }], other: true }),
    );
    expect(await readManifestRecord(path)).toEqual({
      run_id: EXAMPLE_RUN,
      jobs: null,
      started_at: null,
      completed_at: null,
      workers: [
        {
          id: 0,
          branch: null,
          log_subdir: null,
          iter_count: null,
          cumulative_tokens: null,
          stop_reason: null,
        },
      ],
    });
    await writeFile(path, JSON.stringify({ run_id: EXAMPLE_RUN, workers: [{ id: 0 }, { branch: 'b' }] }));
    await expect(readManifestRecord(path)).rejects.toMatchObject({ path, field: 'workers.1.id' });
  });
});
