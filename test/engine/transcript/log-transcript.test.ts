import { appendFile, open, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedLog } from '../../../source/engine/processes/bounded-log.js';
import { NO_REDACTION } from '../../../source/engine/redactor.js';
import { partsOf } from '../../../source/engine/transcript/log-parts.js';
import { LogTranscript } from '../../../source/engine/transcript/log-transcript.js';
import type { TranscriptWindow } from '../../../source/engine/transcript/transcript.js';
import { temporaryFolder } from '../../temporary-folder.js';

const MEGABYTE = 1024 * 1024;
const NEVER = new AbortController().signal;

function textsOf({ parts }: TranscriptWindow): readonly string[] {
  return parts.flatMap(({ brief }) => brief.map(({ text }) => text));
}

async function opened(path: string): Promise<LogTranscript> {
  const transcript = await LogTranscript.open(
    path,
    partsOf({ kind: 'gate', cwd: null, redactor: NO_REDACTION }),
  );
  if (transcript === null) throw new Error(`${path} is not there`);
  return transcript;
}

function find(transcript: LogTranscript, text: string, from: number, direction: 'forwards' | 'backwards') {
  return transcript.find({ text, from, direction }, () => {}, NEVER);
}

/** A log of 200 MB: a marked line stands 100 lines before its end. */
async function writeLargeLog(path: string): Promise<number> {
  const file = await open(path, 'w');
  const line = (number: number): string => `${String(number).padStart(9, '0')} ${'lorem ipsum '.repeat(8)}\n`;
  const length = line(0).length;
  const count = Math.ceil((200 * MEGABYTE) / length);
  for (let first = 0; first < count; first += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - first) }, (_, index) =>
      first + index === count - 100 ? line(first + index).replace('lorem', 'NEEDLE') : line(first + index),
    );
    await file.write(lines.join(''));
  }
  await file.close();
  return count;
}

describe('LogTranscript', () => {
  it('reads little of 200 MB to open, to jump to its end, and to find what is near the end', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    const count = await writeLargeLog(path);
    await using transcript = await opened(path);
    const size = await transcript.size();
    expect(size).toBeGreaterThan(200 * MEGABYTE - 1000);
    expect(textsOf(await transcript.around(0, 50, 100))).toHaveLength(100);
    expect(transcript.bytesRead).toBeLessThan(0.2 * MEGABYTE);
    const end = await transcript.around(size, 100, 50);
    expect(textsOf(end).at(-1)).toMatch(new RegExp(`^0*${count - 1} `));
    expect(transcript.bytesRead).toBeLessThan(0.4 * MEGABYTE);
    const found = await find(transcript, 'needle', size, 'backwards');
    expect(textsOf(await transcript.around(found ?? 0, 0, 1))[0]).toContain('NEEDLE');
    expect(transcript.bytesRead).toBeLessThan(0.6 * MEGABYTE);
    const middle = await transcript.around(Math.floor(size / 2), 100, 100);
    expect(middle.parts).toHaveLength(200);
    expect(transcript.bytesRead).toBeLessThan(MEGABYTE);
    // From the beginning everything before it must be read, but once only.
    expect(await find(transcript, 'needle', 0, 'forwards')).toBe(found);
    expect(transcript.bytesRead).toBeLessThan(size + 2 * MEGABYTE);
  });

  it('gives the same lines wherever it is asked', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    const lines = fc.array(fc.stringMatching(/^[a-z日é]{0,12}$/), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(400), fc.nat(40), fc.nat(40), async (wanted, offset, before, after) => {
        await writeFile(path, `${wanted.join('\n')}\n`);
        await using transcript = await opened(path);
        const all = await transcript.around(0, 0, 100);
        expect(textsOf(all)).toEqual(wanted);
        const { parts, size } = await transcript.around(offset, before, after);
        const at = all.parts.findLastIndex((part) => part.offset <= offset);
        const middle = offset >= size ? all.parts.length : at;
        expect(parts).toEqual(all.parts.slice(Math.max(0, middle - before), middle + after));
      }),
      { numRuns: 60 },
    );
  });

  it('cuts a line that is endless, and reads on behind it', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    await writeFile(path, `first\n${'x'.repeat(3 * MEGABYTE)}\nlast\n`);
    await using transcript = await opened(path);
    const [first, long, last] = textsOf(await transcript.around(0, 0, 9));
    expect([first, last]).toEqual(['first', 'last']);
    expect(long?.length).toBeLessThan(0.3 * MEGABYTE);
    expect(long).toMatch(/x … \(a line of 3145729 bytes: only its beginning is shown\)$/);
  });

  it('shows what is written meanwhile, a line without an end too', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    await writeFile(path, 'one\ntw');
    await using transcript = await opened(path);
    expect(textsOf(await transcript.around(0, 0, 9))).toEqual(['one', 'tw']);
    await appendFile(path, 'o\nthree\n');
    expect(textsOf(await transcript.around(0, 0, 9))).toEqual(['one', 'two', 'three']);
  });

  it('follows a log that is bounded, from its beginning until it is one file', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    const log = new BoundedLog(path, { headBytes: 100, tailBytes: 200 });
    const write = (text: string): Promise<void> =>
      new Promise((resolve, reject) => log.write(text, (error) => (error ? reject(error) : resolve())));
    await write('begin\n');
    await using transcript = await opened(path);
    for (let number = 100; number < 200; number += 1) {
      await write(`line ${number}\n`);
      const texts = textsOf(await transcript.around(await transcript.size(), 5, 5));
      expect(texts.at(-1)).toBe(`line ${number}`);
    }
    expect(textsOf(await transcript.around(0, 0, 1))).toEqual(['begin']);
    await log.finish();
    const texts = textsOf(await transcript.around(0, 0, 999));
    expect(texts[0]).toBe('begin');
    expect(texts.some((text) => /^\[hew: \d+ bytes are left out here\]$/.test(text))).toBe(true);
    expect(texts.at(-1)).toBe('line 199');
  });

  it('reads the file that has taken the place of another', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    await writeFile(path, 'old\n');
    await using transcript = await opened(path);
    await transcript.around(0, 0, 9);
    await writeFile(join(folder.path, 'other'), 'new\n');
    await rename(join(folder.path, 'other'), path);
    expect(textsOf(await transcript.around(0, 0, 9))).toEqual(['new']);
  });

  it('finds forwards and backwards, a capital only where one is asked for, and nothing where there is nothing', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    await writeFile(path, 'a Cat\na dog\n\u001B[31mcat\u001B[0m\nça va\n');
    await using transcript = await opened(path);
    await transcript.size();
    expect(await find(transcript, 'cat', 0, 'forwards')).toBe(0);
    expect(await find(transcript, 'cat', 6, 'forwards')).toBe(12);
    expect(await find(transcript, 'Cat', 6, 'forwards')).toBeNull();
    expect(await find(transcript, 'cat', 12, 'backwards')).toBe(0);
    expect(await find(transcript, 'ÇA', 0, 'forwards')).toBeNull();
    expect(await find(transcript, 'ça v', 0, 'forwards')).toBe(25);
    expect(await find(transcript, 'a', 0, 'backwards')).toBeNull();
  });

  it('finds what a plain search through all lines finds', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    const filler = fc.tuple(fc.constantFrom('y', '日', '\u001B[1m-'), fc.nat(90_000));
    const lines = fc.array(fc.oneof(fc.constantFrom('x', 'ax', '', 'b'), filler), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, fc.nat(12), fc.boolean(), async (made, start, isForwards) => {
        const texts = made.map((line) => (typeof line === 'string' ? line : line[0].repeat(line[1] / 8)));
        await writeFile(path, texts.map((text) => `${text}\n`).join(''));
        await using transcript = await opened(path);
        const offsets = texts.map((_, index) =>
          Buffer.byteLength(
            texts
              .slice(0, index)
              .map((text) => `${text}\n`)
              .join(''),
          ),
        );
        const from = offsets[start] ?? (await transcript.size());
        const wanted = offsets.filter(
          (offset, index) => texts[index]?.includes('x') && (isForwards ? offset >= from : offset < from),
        );
        const found = await find(transcript, 'x', from, isForwards ? 'forwards' : 'backwards');
        expect(found).toBe((isForwards ? wanted.at(0) : wanted.at(-1)) ?? null);
      }),
      { numRuns: 60 },
    );
  });

  it('stops a search when it is told to', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'log');
    await writeFile(path, 'lorem ipsum\n'.repeat(200_000));
    await using transcript = await opened(path);
    const stop = new AbortController();
    const shares: number[] = [];
    const search = transcript.find(
      { text: 'dolor', from: 0, direction: 'forwards' },
      (share) => {
        shares.push(share);
        if (shares.length === 2) stop.abort(new Error('enough'));
      },
      stop.signal,
    );
    await transcript.size();
    await expect(search).rejects.toThrow('enough');
    expect(shares).toHaveLength(2);
  });
});
