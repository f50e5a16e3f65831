import { describe, expect, test } from 'vitest';
import { diskShortage, readDisks } from '../../source/engine/disk-space.js';

describe('diskShortage', () => {
  const readings = [
    { folder: '/wt', free: 3e9 },
    { folder: '/project', free: 4e8 },
    { folder: '/gone', free: null },
  ];

  test('names the disk that has less than it must have', () => {
    expect(diskShortage(readings, 5e8)).toBe(
      'less than 500 MB free at /project ([limits] min_free_disk): make room there',
    );
    expect(diskShortage(readings, 4e9)).toContain('/wt');
  });

  test('says nothing where there is room, no limit, or nothing known', () => {
    expect(diskShortage(readings, 4e8)).toBeNull();
    expect(diskShortage([{ folder: '/full', free: 0 }], 0)).toBeNull();
    expect(diskShortage([{ folder: '/gone', free: null }], 5e8)).toBeNull();
  });
});

test('readDisks asks the system', async () => {
  const [here, gone] = await readDisks(['/', '/no/such/folder']);
  expect(here?.free).toBeGreaterThan(0);
  expect(gone).toEqual({ folder: '/no/such/folder', free: null });
});
