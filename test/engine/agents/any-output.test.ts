import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claude } from '../../../source/engine/agents/claude.js';
import { codex } from '../../../source/engine/agents/codex.js';
import type { OutputReader } from '../../../source/engine/agents/output-reader.js';
import type { AgentFailure } from '../../../source/engine/agent-failure.js';
import type { TokenCount } from '../../../source/engine/ports.js';
import { BoundedLines } from '../../../source/engine/processes/bounded-lines.js';

interface Recording {
  readonly file: string;
  readonly tokens: TokenCount;
  readonly cost_usd: number | null;
  readonly failure: AgentFailure | null;
}

function recording(
  file: string,
  [input, output, cache_read, cache_create]: readonly [number, number, number, number],
  cost_usd: number | null,
  failure: AgentFailure | null = null,
): Recording {
  return { file, tokens: { input, output, cache_read, cache_create }, cost_usd, failure };
}

/** Everything that was recorded of the real programs, with what was used by then to the last digit. */
const RECORDINGS: readonly Recording[] = [
  recording('claude-stream.jsonl', [360, 120, 12_000, 900], 0.009855),
  recording('claude-stream-partial.jsonl', [360, 120, 12_000, 900], 0.00537),
  recording('claude-stream-background.jsonl', [360, 120, 12_000, 900], 0.00537),
  recording('claude-stream-subagent.jsonl', [1080, 360, 36_000, 2700], 0.01611),
  recording('claude-json.json', [360, 120, 12_000, 900], 0.009855),
  recording('claude-denied.jsonl', [240, 80, 8000, 600], 0.0065699999999999995),
  recording('claude-429.jsonl', [0, 0, 0, 0], 0, 'rate_limit'),
  recording('claude-429-quota.jsonl', [0, 0, 0, 0], 0, 'usage_limit'),
  recording('claude-500.jsonl', [0, 0, 0, 0], 0, 'server'),
  recording('claude-budget.jsonl', [200_000, 40_000, 8000, 600], 1.2046500000000002, 'iteration_budget'),
  recording('claude-maxturns.jsonl', [360, 120, 12_000, 900], 0.009855, 'unknown'),
  recording('codex-stream.jsonl', [3000, 120, 12_000, 0], null),
  recording('codex-stream-code-mode.jsonl', [3000, 120, 12_000, 0], null),
  recording('codex-fail.jsonl', [2000, 80, 8000, 0], null),
  recording('codex-429.jsonl', [0, 0, 0, 0], null, 'rate_limit'),
];

const NOW = new Date('2026-11-24T10:00:00Z');
const MAX_LINE_BYTES = 256 * 1024;
const KINDS = ['input', 'output', 'cache_read', 'cache_create'] as const;

function bytesOf({ file }: Recording): Buffer {
  return readFileSync(new URL(`../../recordings/${file}`, import.meta.url));
}

/** What a program's output comes to, read as hew reads it: bytes, bounded lines, the runtime's own reader. */
function read({ file }: Recording, output: Uint8Array): OutputReader {
  const reader = (file.startsWith('codex') ? codex : claude).reader('/w');
  const lines = new BoundedLines(MAX_LINE_BYTES);
  for (const { text, cut } of [...lines.push(output), ...lines.end()]) reader.read(text, cut);
  return reader;
}

/** Whether a program that ends with 0 after this output has ended well. */
function isSuccess(reader: OutputReader): boolean {
  const { told, failure } = reader.end(NOW);
  return told && failure === null;
}

/** Whether the last whole line that begins or ends a turn is the good end of one. */
function hasJustEndedWell(output: Uint8Array): boolean {
  const turns = Buffer.from(output)
    .toString('utf8')
    .split('\n')
    .flatMap((line): readonly boolean[] => {
      try {
        const { type, subtype, parent_tool_use_id, is_error } = JSON.parse(line) as Record<string, unknown>;
        if (type === 'result' || type === 'turn.completed') return [is_error !== true];
        if (type === 'turn.failed' || type === 'turn.started' || subtype === 'init') return [false];
        return type === 'assistant' && parent_tool_use_id === null ? [false] : [];
      } catch {
        return [];
      }
    });
  return turns.at(-1) ?? false;
}

function expectNoMore(reader: OutputReader, whole: Recording): void {
  for (const kind of KINDS) expect(reader.usage.tokens[kind]).toBeLessThanOrEqual(whole.tokens[kind]);
  expect(reader.usage.cost_usd ?? 0).toBeLessThanOrEqual(whole.cost_usd ?? 0);
}

function linesOf(whole: Recording): readonly Buffer[] {
  return bytesOf(whole)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Buffer.from(line));
}

const joined = (lines: readonly Uint8Array[]): Buffer =>
  Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));

/** Lines that no program should write, and that one may. */
const noise: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('x', '{"type":"assistant","message":{"x":"')
      .map((text) => Buffer.from(text.padEnd(1_200_000, 'y'))),
  },
  {
    weight: 4,
    arbitrary: fc
      .uint8Array({ minLength: 1, maxLength: 60 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 0xff : byte | 0x80)))),
  },
  {
    weight: 6,
    arbitrary: fc
      .record({
        type: fc.constantFrom('news', 'item.invented', 'system', 'thread.renamed'),
        subtype: fc.constant('news'),
        usage: fc.jsonValue(),
      })
      .map((value) => Buffer.from(JSON.stringify(value))),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('{}', '[]', 'null', '{"type":7}', '', '{"type":"result"', '{"type":"turn.completed"')
      .map((text) => Buffer.from(text)),
  },
);
/** Where it is put, as a part of the whole. */
const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe.each(RECORDINGS)('$file', (whole) => {
  test('tells tokens and cost to the last digit, and how it ended', () => {
    const reader = read(whole, bytesOf(whole));
    expect(reader.usage).toMatchObject({ tokens: whole.tokens, cost_usd: whole.cost_usd });
    expect(reader.end(NOW)).toMatchObject({
      told: true,
      failure: whole.failure === null ? null : { kind: whole.failure },
    });
  });

  test('cut at any byte it is a success only where a turn has just ended well, and nothing counts twice', () => {
    const bytes = bytesOf(whole);
    const expectCut = (at: number): void => {
      const reader = read(whole, bytes.subarray(0, at));
      expect(isSuccess(reader)).toBe(hasJustEndedWell(bytes.subarray(0, at)));
      expectNoMore(reader, whole);
    };
    for (let at = bytes.length; at > 0; at = bytes.lastIndexOf(10, at - 2) + 1)
      for (const near of [at - 2, at - 1, at]) expectCut(near);
    fc.assert(
      fc.property(share, (part) => expectCut(Math.floor(part * bytes.length))),
      { numRuns: 200 },
    );
  });

  test('with any line told twice it comes to the same', () => {
    const lines = linesOf(whole);
    const expectSame = (told: readonly Buffer[]): OutputReader => {
      const reader = read(whole, joined(told));
      expect(reader.usage).toMatchObject({ tokens: whole.tokens, cost_usd: whole.cost_usd });
      return reader;
    };
    for (const [index, line] of lines.entries()) {
      const twice = expectSame(lines.toSpliced(index, 0, line));
      expect(twice.end(NOW)).toEqual(read(whole, bytesOf(whole)).end(NOW));
      expect(twice.toolCalls).toEqual(read(whole, bytesOf(whole)).toolCalls);
      // Told again at the very end, where a later line has already settled what it says.
      expect(isSuccess(expectSame([...lines, line])) && whole.failure !== null).toBe(false);
    }
  });

  test('with anything in between it comes to the same', () => {
    const lines = linesOf(whole);
    fc.assert(
      fc.property(fc.array(fc.tuple(share, noise), { maxLength: 6 }), (additions) => {
        const told = additions.reduce<readonly Buffer[]>(
          (sum, [part, line]) => sum.toSpliced(Math.floor(part * (sum.length + 1)), 0, line),
          lines,
        );
        const reader = read(whole, joined(told));
        expect(reader.usage).toMatchObject({ tokens: whole.tokens, cost_usd: whole.cost_usd });
        expect(isSuccess(reader)).toBe(whole.failure === null);
      }),
      { numRuns: 60 },
    );
  });

  test('with bytes that are no UTF-8 in the midst of a line it is never a success that it was not', () => {
    const bytes = bytesOf(whole);
    fc.assert(
      fc.property(fc.array(share, { minLength: 1, maxLength: 3 }), (parts) => {
        const broken = Buffer.from(bytes);
        for (const part of parts) broken[Math.floor(part * broken.length)] = 0xff;
        expect(isSuccess(read(whole, broken)) && whole.failure !== null).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});
