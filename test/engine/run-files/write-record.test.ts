import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { RunFileError } from '../../../source/engine/run-files/run-file-error.js';
import { writeRecord } from '../../../source/engine/run-files/write-record.js';
import { temporaryFolder } from '../../temporary-folder.js';

function record(number: number): object {
  return { number, text: 'x'.repeat(100_000) };
}

describe('writeRecord', () => {
  it('writes for its owner alone, also over a file that others could read', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('run.json');
    await writeFile(path, 'old');
    await chmod(path, 0o644);
    await writeRecord(path, { id: 'x' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ id: 'x' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('never shows a part of a file, and ends with the last that was written', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('run.json');
    await writeRecord(path, record(0));
    const written = new AbortController();
    const writes = Promise.all(
      Array.from({ length: 20 }, (_, index) => writeRecord(path, record(index + 1))),
    );
    const watch = async (): Promise<number> => {
      let reads = 0;
      while (!written.signal.aborted) {
        const read = JSON.parse(await readFile(path, 'utf8')) as { text: string };
        expect(read.text).toHaveLength(100_000);
        reads += 1;
      }
      return reads;
    };
    const watching = watch();
    await writes;
    written.abort();
    expect(await watching).toBeGreaterThan(0);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ number: 20 });
    expect(await readdir(folder.path)).toEqual(['run.json']);
  });

  it('says which file cannot be written and leaves nothing behind', async () => {
    await using folder = await temporaryFolder();
    await mkdir(folder.at('run.json'));
    const error = await writeRecord(folder.at('run.json'), {}).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RunFileError);
    expect(String(error)).toContain(`${folder.at('run.json')}: cannot be written`);
    expect(await readdir(folder.path)).toEqual(['run.json']);
  });
});
