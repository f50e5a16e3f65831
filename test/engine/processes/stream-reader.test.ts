import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { NO_REDACTION } from '../../../source/engine/redactor.js';
import { StreamReader } from '../../../source/engine/processes/stream-reader.js';

/** Longer than a test may take: whoever waits for it fails. */
const FOR_EVER_MS = 1_000_000;

function reading(onLine: (line: string) => void | Promise<void>, gathers = false) {
  const stream = new PassThrough();
  const sinks = { onLine, log: undefined, maxLineBytes: 1000, redactor: NO_REDACTION, gathers };
  return { stream, reader: new StreamReader(stream, sinks) };
}

describe('StreamReader', () => {
  test('waits for no quiet time when the stream has ended', async () => {
    const lines: string[] = [];
    const { stream, reader } = reading((line) => void lines.push(line));
    stream.end('one\ntwo');
    await reader.finish(FOR_EVER_MS);
    expect(lines).toEqual(['one', 'two']);
  });

  test('gives up a stream that stays open and quiet, and gives what has come', async () => {
    const lines: string[] = [];
    const { stream, reader } = reading((line) => void lines.push(line));
    stream.write('one\nhalf of');
    await reader.finish(5);
    expect(lines).toEqual(['one', 'half of']);
    expect(stream.destroyed).toBe(true);
  });

  test('reads no more while a line is being taken, and does not count that as quiet', async () => {
    const lines: string[] = [];
    const taken = Promise.withResolvers<void>();
    const { stream, reader } = reading((line) => {
      lines.push(line);
      return taken.promise;
    });
    stream.end('one\ntwo\n');
    const finished = reader.finish(1);
    await expect.poll(() => lines).toEqual(['one']);
    taken.resolve();
    await finished;
    expect(lines).toEqual(['one', 'two']);
  });

  test('gathers what comes soon after the first, and waits for no more once the program has ended', async () => {
    const reads: string[] = [];
    const { stream, reader } = reading((line) => void reads.push(line), true);
    stream.write('one\n');
    await expect.poll(() => reads).toEqual(['one']);
    stream.write('two\n');
    stream.end('three\n');
    await setImmediate();
    expect(reads).toEqual(['one']);
    await reader.finish(FOR_EVER_MS);
    expect(reads).toEqual(['one', 'two', 'three']);
  });

  test('rejects when a line cannot be taken', async () => {
    const { stream, reader } = reading(() => {
      throw new Error('no room');
    });
    stream.end('one\n');
    await expect(reader.finish(5)).rejects.toThrow('no room');
  });
});
