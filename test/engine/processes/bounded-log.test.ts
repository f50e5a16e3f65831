import { readdir, readFile, stat } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedLog } from '../../../source/engine/processes/bounded-log.js';
import { temporaryFolder } from '../../temporary-folder.js';

const SIZES = { headBytes: 20, tailBytes: 30 };

describe('BoundedLog', () => {
  test('keeps all of a short log, in a file that only its owner reads', async () => {
    await using folder = await temporaryFolder();
    const log = new BoundedLog(folder.at('a.log'), SIZES);
    log.write('one\n');
    log.write('two\n');
    await log.finish();
    expect(await readFile(log.path, 'utf8')).toBe('one\ntwo\n');
    expect((await stat(log.path)).mode & 0o777).toBe(0o600);
  });

  test('keeps the first and the last bytes, says how many are missing, and leaves one file', async () => {
    await using folder = await temporaryFolder();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 70 })), async (chunks) => {
        const name = `${(number += 1)}.log`;
        const log = new BoundedLog(folder.at(name), SIZES);
        for (const chunk of chunks) log.write(chunk);
        await log.finish();

        const all = chunks.join('');
        const missing = Math.max(0, all.length - SIZES.headBytes - SIZES.tailBytes);
        const expected =
          missing === 0
            ? all
            : `${all.slice(0, 20)}\n[hew: ${missing} bytes are left out here]\n${all.slice(-SIZES.tailBytes)}`;
        expect(await readFile(log.path, 'utf8')).toBe(expected);
        expect((await readdir(folder.path)).filter((file) => file.startsWith(`${name}.tail`))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('rejects where it cannot be written', async () => {
    await using folder = await temporaryFolder();
    const log = new BoundedLog(folder.at('no', 'such', 'folder.log'), SIZES);
    log.write('lost');
    await expect(log.finish()).rejects.toThrow('ENOENT');
  });
});
