import { isUtf8 } from 'node:buffer';
import { readFile, writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DurableEvent } from '../../source/engine/events.js';
import { openJournal } from '../../source/engine/journal.js';
import { JournalError } from '../../source/engine/journal-error.js';
import { QueueError } from '../../source/engine/ports.js';
import { FileQueue } from '../../source/engine/queue/file-queue.js';
import { type JournalContents, readJournal } from '../../source/engine/read-journal.js';
import { iterationRecord, readIterationRecord } from '../../source/engine/run-files/iteration-record.js';
import { manifestRecord, readManifestRecord } from '../../source/engine/run-files/manifest-record.js';
import { RunFileError } from '../../source/engine/run-files/run-file-error.js';
import { readRunRecord, runRecord } from '../../source/engine/run-files/run-record.js';
import { writeRecord } from '../../source/engine/run-files/write-record.js';
import { exampleBodies, exampleEvents, exampleState } from '../example-run.js';
import { temporaryFolder, type TemporaryFolder } from '../temporary-folder.js';

/** Where a file is hurt, as a part of its length, and which bit of the byte there. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const flip = fc.tuple(place, fc.nat(7));

function flipped(bytes: Buffer, [at, bit]: readonly [number, number]): Buffer {
  const copy = Buffer.from(bytes);
  const index = Math.floor(at * copy.length);
  copy[index] = (copy[index] ?? 0) ^ (1 << bit);
  return copy;
}

async function outcomeOf<Value>(reading: Promise<Value>): Promise<{ value: Value } | { error: unknown }> {
  return reading.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

describe('events.jsonl', () => {
  const EVENTS = exampleEvents(exampleBodies());

  async function journalOf(folder: TemporaryFolder, events: readonly DurableEvent[]): Promise<Buffer> {
    const journal = await openJournal(folder.at('events.jsonl'));
    await Promise.all(events.map((event) => journal.append(event)));
    await journal.close();
    return readFile(folder.at('events.jsonl'));
  }

  /** Either a line is named as broken, or the last is told as torn and the events are all before it. */
  function tellsDamage(
    read: { value: JournalContents } | { error: unknown },
    allButLast: readonly DurableEvent[],
  ): boolean {
    if ('error' in read) return read.error instanceof JournalError && (read.error.line ?? 0) > 0;
    return read.value.torn !== null && isDeepStrictEqual(read.value.events, allButLast);
  }

  test('tells every flip of a bit: as a broken line, or as a last line that is torn', async () => {
    await using folder = await temporaryFolder();
    const bytes = await journalOf(folder, EVENTS);
    await fc.assert(
      fc.asyncProperty(flip, async (where) => {
        await writeFile(folder.at('hurt.jsonl'), flipped(bytes, where));
        const read = await outcomeOf(readJournal(folder.at('hurt.jsonl')));
        expect(tellsDamage(read, EVENTS.slice(0, -1))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  test('tells every bit of a short one', async () => {
    await using folder = await temporaryFolder();
    const bytes = await journalOf(folder, EVENTS.slice(0, 1));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const at = Math.floor(bit / 8) / bytes.length + Number.EPSILON;
      await writeFile(folder.at('hurt.jsonl'), flipped(bytes, [at, bit % 8]));
      const read = await outcomeOf(readJournal(folder.at('hurt.jsonl')));
      expect(tellsDamage(read, [])).toBe(true);
    }
  });

  test('cut anywhere has the events that were whole, and tells a torn line', async () => {
    await using folder = await temporaryFolder();
    const bytes = await journalOf(folder, EVENTS);
    await fc.assert(
      fc.asyncProperty(place, async (at) => {
        const cut = bytes.subarray(0, Math.floor(at * bytes.length));
        await writeFile(folder.at('hurt.jsonl'), cut);
        const { events, torn } = await readJournal(folder.at('hurt.jsonl'));
        const whole = cut.toString('latin1').split('\n').length - 1;
        expect(events).toEqual(EVENTS.slice(0, whole));
        expect(torn === null).toBe(cut.length === 0 || cut.at(-1) === 0x0a);
      }),
      { numRuns: 200 },
    );
  });

  test('tells a line that is gone, came twice or changed its place', async () => {
    await using folder = await temporaryFolder();
    const lines = (await journalOf(folder, EVENTS)).toString().split('\n').slice(0, -1);
    const index = fc.integer({ min: 0, max: lines.length - 2 });
    await fc.assert(
      fc.asyncProperty(index, fc.constantFrom('gone', 'twice', 'swapped'), async (at, how) => {
        const hurt = {
          gone: lines.toSpliced(at, 1),
          twice: lines.toSpliced(at, 0, lines[at] ?? ''),
          swapped: lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? ''),
        }[how];
        await writeFile(folder.at('hurt.jsonl'), hurt.map((line) => `${line}\n`).join(''));
        await expect(readJournal(folder.at('hurt.jsonl'))).rejects.toMatchObject({ kind: 'broken' });
      }),
    );
  });

  test('of an earlier hew has no checksums; what is appended to it has', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    const [first, second] = EVENTS;
    if (!first || !second) throw new Error('the example has too few events');
    await writeFile(path, `${JSON.stringify(first)}\n`);
    const journal = await openJournal(path);
    await journal.append(second);
    await journal.close();
    expect((await readJournal(path)).events).toEqual([first, second]);
    const text = await readFile(path, 'utf8');
    await writeFile(path, `${text}${JSON.stringify(first)}\n`);
    await expect(readJournal(path)).rejects.toMatchObject({ kind: 'broken', line: 3 });
  });
});

function isNamed(error: unknown, path: string): boolean {
  return error instanceof RunFileError && error.path === path;
}

/** Whether the bytes are text, and that text JSON. */
function isJson(bytes: Buffer): boolean {
  return isUtf8(bytes) && typeof JSON.parse(bytes.toString()) === 'object';
}

describe('run.json, manifest.json and iter-NNN.json', () => {
  const state = exampleState(exampleBodies());
  const events = exampleEvents(exampleBodies());
  const started = events.find((event) => event.type === 'iteration.started');
  const finished = events.find((event) => event.type === 'iteration.finished');
  if (!started || !finished) throw new Error('the example has no iteration');
  const files = [
    { name: 'run.json', record: runRecord(state, new Date(0)), read: readRunRecord },
    { name: 'manifest.json', record: manifestRecord(state), read: readManifestRecord },
    {
      name: 'iter-001.json',
      record: iterationRecord({ started, finished, details: null }),
      read: readIterationRecord,
    },
  ];

  test.each(files)('$name that was cut anywhere is refused by its name', async ({ name, record, read }) => {
    await using folder = await temporaryFolder();
    const path = folder.at(name);
    await writeRecord(path, record);
    const bytes = await readFile(path);
    // Without its last newline it is whole.
    for (let length = 0; length < bytes.length - 1; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      const error = await read(path).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(RunFileError);
      expect((error as RunFileError).message).toContain(path);
    }
  });

  test.each(files)(
    '$name with a flip is read or refused by its name, never else',
    async ({ name, record, read }) => {
      await using folder = await temporaryFolder();
      const path = folder.at(name);
      await writeRecord(path, record);
      const bytes = await readFile(path);
      await fc.assert(
        fc.asyncProperty(flip, async (where) => {
          const hurt = flipped(bytes, where);
          await writeFile(path, hurt);
          const outcome = await outcomeOf<object>(read(path));
          // What was read is what stands there: nothing was made up for what could not be read.
          const isTold = 'error' in outcome ? isNamed(outcome.error, path) : isJson(hurt);
          expect(isTold).toBe(true);
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe('tasks.jsonl', () => {
  /** Whether it is no error, or one that says where it is. */
  function namesLine(outcome: object): boolean {
    if (!('error' in outcome)) return true;
    return outcome.error instanceof QueueError && /tasks\.jsonl: line \d+: /.test(outcome.error.message);
  }

  test('that is hurt is read or refused with the line, and left as it is', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('tasks.jsonl');
    const filed = new FileQueue({ path, prefix: 'app' });
    for (const title of ['One', 'Zwei 日本', 'Three'])
      await filed.create({ title, description: 'What to do\n' });
    const bytes = await readFile(path);
    const hurt = fc.oneof(
      flip.map((where) => flipped(bytes, where)),
      place.map((at) => bytes.subarray(0, Math.floor(at * bytes.length))),
    );
    await fc.assert(
      fc.asyncProperty(hurt, async (content) => {
        await writeFile(path, content);
        const queue = new FileQueue({ path, prefix: 'app' });
        const outcome = await outcomeOf(queue.list());
        const changed = await outcomeOf(queue.create({ title: 'Another' }));
        // What cannot be read is not written over, and what can be is.
        expect('error' in changed).toBe('error' in outcome);
        expect(namesLine(outcome)).toBe(true);
        expect((await readFile(path)).equals(Buffer.from(content))).toBe('error' in outcome);
      }),
      { numRuns: 200 },
    );
  });

  test('cut within a line is refused with that line', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('tasks.jsonl');
    await new FileQueue({ path, prefix: 'app' }).create({ title: 'One' });
    const bytes = await readFile(path);
    for (let length = 1; length < bytes.length - 1; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(new FileQueue({ path, prefix: 'app' }).list()).rejects.toThrow(/tasks\.jsonl: line 1: /);
    }
  });
});
