import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DurableEvent } from '../../source/engine/events.js';
import { openJournal } from '../../source/engine/journal.js';
import { JournalError } from '../../source/engine/journal-error.js';
import { readJournal } from '../../source/engine/read-journal.js';
import { eventSequences } from '../event-sequences.js';
import { exampleBodies, exampleEvents } from '../example-run.js';
import { temporaryFolder } from '../temporary-folder.js';

const FILL_JOURNAL = fileURLToPath(new URL('../fixtures/fill-journal.mjs', import.meta.url));

const EVENTS = exampleEvents(exampleBodies());

function notice(text: string): DurableEvent {
  return { v: 1, type: 'notice', at: '2026-11-22T10:15:00.000Z', level: 'info', text };
}

async function journalError(rejecting: Promise<unknown>): Promise<JournalError> {
  const error = await rejecting.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof JournalError)) throw new Error('there was no JournalError', { cause: error });
  return error;
}

function lines(events: readonly DurableEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

describe('openJournal', () => {
  it('has an event on disk when its append resolves', async () => {
    await using folder = await temporaryFolder();
    const journal = await openJournal(folder.at('events.jsonl'));
    for (const [index, event] of EVENTS.entries()) {
      await journal.append(event);
      expect((await readJournal(folder.at('events.jsonl'))).events).toEqual(EVENTS.slice(0, index + 1));
    }
    await journal.close();
  });

  it('keeps the order of the calls, however they come together', async () => {
    await fc.assert(
      fc.asyncProperty(
        eventSequences,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (events, sizes) => {
          await using folder = await temporaryFolder();
          const journal = await openJournal(folder.at('events.jsonl'));
          const resolved: DurableEvent[] = [];
          for (let next = 0, turn = 0; next < events.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            const together = events.slice(next, next + size);
            next += size;
            await Promise.all(
              together.map(async (event) => {
                await journal.append(event);
                resolved.push(event);
              }),
            );
          }
          await journal.close();
          expect(resolved).toEqual(events);
          expect(await readJournal(folder.at('events.jsonl'))).toEqual({ events, torn: null });
        },
      ),
      { numRuns: 15 },
    );
  });

  it('takes an append from whoever an append has just woken', async () => {
    await using folder = await temporaryFolder();
    const journal = await openJournal(folder.at('events.jsonl'));
    const rounds = Array.from({ length: 20 }, (_, index) => notice(String(index)));
    let chain = journal.append(rounds[0]!);
    for (const event of rounds.slice(1)) chain = chain.then(() => journal.append(event));
    await chain;
    await journal.close();
    expect((await readJournal(folder.at('events.jsonl'))).events).toEqual(rounds);
  });

  it('writes what was appended before it is closed, and refuses what comes after', async () => {
    await using folder = await temporaryFolder();
    const journal = await openJournal(folder.at('events.jsonl'));
    const appended = EVENTS.map((event) => journal.append(event));
    await journal.close();
    await Promise.all(appended);
    expect((await readJournal(folder.at('events.jsonl'))).events).toEqual(EVENTS);
    expect((await journalError(journal.append(notice('late')))).kind).toBe('closed');
    await journal.close();
  });

  it('goes on behind what is there, for its owner alone', async () => {
    await using folder = await temporaryFolder();
    for (const event of EVENTS.slice(0, 3)) {
      const journal = await openJournal(folder.at('events.jsonl'));
      await journal.append(event);
      await journal.close();
    }
    expect((await readJournal(folder.at('events.jsonl'))).events).toEqual(EVENTS.slice(0, 3));
    expect((await stat(folder.at('events.jsonl'))).mode & 0o777).toBe(0o600);
  });

  it('cuts off a last line that was torn anywhere, and goes on', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    const events = [notice('one'), notice('zwei 日本 🎉'), notice('three')];
    const bytes = Buffer.from(lines(events));
    const ends = events.map((_, index) => Buffer.byteLength(lines(events.slice(0, index + 1))));
    for (let length = 0; length <= bytes.length; length += 1) {
      await writeFile(path, bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length;
      const read = await readJournal(path);
      expect(read.events).toEqual(events.slice(0, whole));
      expect(read.torn === null).toBe(length === (ends[whole - 1] ?? 0));
      if (length % 7 !== 0) continue;
      const journal = await openJournal(path);
      await journal.append(notice('after'));
      await journal.close();
      expect(await readJournal(path)).toEqual({
        events: [...events.slice(0, whole), notice('after')],
        torn: null,
      });
    }
  });

  it('cuts off a last line that is whole but no JSON', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    await writeFile(path, `${lines([notice('one')])}\u0000\u0000\u0000\n`);
    expect((await readJournal(path)).torn).toMatchObject({ line: 2, bytes: 4 });
    await (await openJournal(path)).close();
    expect(await readFile(path, 'utf8')).toBe(lines([notice('one')]));
  });

  it('refuses an event that could not be read back, and everything after it', async () => {
    await using folder = await temporaryFolder();
    const journal = await openJournal(folder.at('events.jsonl'));
    const before = journal.append(notice('before'));
    const error = await journalError(journal.append({ ...notice('bad'), at: 'yesterday' }));
    expect(error).toMatchObject({ kind: 'unwritable', field: 'at' });
    expect(await journalError(journal.append(notice('after')))).toBe(error);
    await before;
    await journal.close();
    expect((await readJournal(folder.at('events.jsonl'))).events).toEqual([notice('before')]);
  });

  it('cannot be opened where there is no folder', async () => {
    await using folder = await temporaryFolder();
    const error = await journalError(openJournal(folder.at('none', 'events.jsonl')));
    expect(error.kind).toBe('write');
    expect(error.message).toContain(folder.at('none', 'events.jsonl'));
  });

  it('fails for good when the disk takes no more, without losing what it took', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    const program = folder.at('fill-journal.mjs');
    const bundle = ['--platform', 'node', '--format', 'esm', '--file', program];
    await execa('rolldown', [FILL_JOURNAL, ...bundle], { preferLocal: true });
    const limited = ['-c', 'ulimit -f 8 && exec "$0" "$@"', process.execPath, program, path];
    const { stdout } = await execa('sh', limited);
    const said = z
      .object({ done: z.number(), kind: z.string(), message: z.string(), again: z.boolean() })
      .parse(JSON.parse(stdout));
    expect(said).toMatchObject({ kind: 'write', again: true });
    expect(said.message).toContain(path);
    const { events } = await readJournal(path);
    const texts = events.map((event) => event.type === 'notice' && event.text);
    expect(texts).toEqual(texts.map((_, index) => `${index} ${'x'.repeat(100)}`));
    expect(said.done).toBeGreaterThan(0);
    expect(events.length).toBeGreaterThanOrEqual(said.done);
    const journal = await openJournal(path);
    await journal.append(notice('there is room again'));
    await journal.close();
    expect((await readJournal(path)).events).toEqual([...events, notice('there is room again')]);
  });
});

describe('readJournal', () => {
  it('names file, line and field of what is broken', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    await writeFile(path, lines([notice('one')]));
    await appendFile(
      path,
      `${JSON.stringify({ ...notice('two'), level: 'loud' })}\n${lines([notice('three')])}`,
    );
    const error = await journalError(readJournal(path));
    expect(error).toMatchObject({ kind: 'broken', line: 2, field: 'level' });
    expect(error.message).toContain(`${path}, line 2, field level`);
  });

  it('tells a line that is no JSON from a torn one by what follows it', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    await writeFile(path, `{"v":1,\n${lines([notice('two')])}`);
    expect(await journalError(readJournal(path))).toMatchObject({ kind: 'broken', line: 1, field: null });
    await truncate(path, 8);
    expect(await readJournal(path)).toMatchObject({ events: [], torn: { line: 1, offset: 0, bytes: 8 } });
  });

  it('refuses the events of a newer hew and ignores fields that it does not know', async () => {
    await using folder = await temporaryFolder();
    const path = folder.at('events.jsonl');
    await writeFile(path, `${JSON.stringify({ ...notice('one'), color: 'red' })}\n`);
    expect((await readJournal(path)).events).toEqual([notice('one')]);
    await appendFile(path, `${JSON.stringify({ ...notice('two'), v: 2 })}\n`);
    expect(await journalError(readJournal(path))).toMatchObject({ kind: 'newer', line: 2, field: 'v' });
  });

  it('says which file cannot be read', async () => {
    await using folder = await temporaryFolder();
    const error = await journalError(readJournal(folder.at('events.jsonl')));
    expect(error.kind).toBe('unreadable');
    expect(error.message).toContain(folder.at('events.jsonl'));
  });
});
