import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CodexStream } from '../../../source/engine/agents/codex-stream.js';
import { NO_TOKENS } from '../../../source/engine/ports.js';
import { recordedLines } from './recording.js';

const NOW = new Date('2026-11-23T10:00:00Z');

async function readCodex(name: string) {
  const stream = new CodexStream('/home/dev/project');
  const shown = (await recordedLines(name)).flatMap((line) => stream.read(line));
  return { stream, shown: shown.map(({ kind, text }) => `${kind}: ${text}`) };
}
function streamOf(...events: readonly object[]): CodexStream {
  const stream = new CodexStream();
  for (const event of events) stream.read(JSON.stringify(event));
  return stream;
}

describe('CodexStream with recordings', () => {
  test.each(['codex-stream', 'codex-stream-code-mode'])(
    '%s: words, tools, tokens and the end',
    async (name) => {
      const { stream, shown } = await readCodex(name);
      expect(shown.filter((line) => !line.includes('Model metadata'))).toEqual([
        'text: I will add greeting.txt.',
        'tool: Write greeting.txt',
        'text: Now I commit it.',
        'tool: Bash git add -A && git -c user.name=fake -c user.email=fake@example.invalid commit -q -m "Add greeting" && git log --oneline -1',
        expect.stringMatching(/^result: [0-9a-f]{7} Add greeting$/),
        'text: Done: added greeting.txt and committed it.',
      ]);
      expect(stream.toolCalls).toEqual(['Write', 'Bash']);
      expect(stream.finalText).toBe('Done: added greeting.txt and committed it.');
      expect(stream.usage).toEqual({
        tokens: { input: 3000, output: 120, cache_read: 12_000, cache_create: 0 },
        cost_usd: null,
        model: null,
      });
      expect(stream.end(NOW)).toEqual({ told: true, failure: null });
    },
  );

  test('a command that failed is shown as such, and an error item is no failure', async () => {
    const { stream, shown } = await readCodex('codex-fail');
    expect(shown).toContain('tool: Bash echo oops >&2; exit 3');
    expect(shown).toContain('error: oops');
    expect(stream.usage.tokens).toEqual({ input: 2000, output: 80, cache_read: 8000, cache_create: 0 });
    expect(stream.end(NOW)).toEqual({ told: true, failure: null });
  });

  test('a turn that failed is told once, with what it was', async () => {
    const { stream, shown } = await readCodex('codex-429');
    expect(shown.filter((line) => line.startsWith('error: exceeded retry limit'))).toHaveLength(1);
    expect(stream.end(NOW)).toMatchObject({ told: true, failure: { kind: 'rate_limit', resets_at: null } });
    expect(stream.usage.tokens).toEqual(NO_TOKENS);
  });
});

describe('CodexStream', () => {
  const usage = {
    input_tokens: 1000,
    cached_input_tokens: 600,
    cache_write_input_tokens: 100,
    output_tokens: 7,
  };

  test('tells cached input apart from other input, and takes each total of the thread for the sum that it is', () => {
    const once = { type: 'turn.completed', usage };
    const later = { type: 'turn.completed', usage: { ...usage, input_tokens: 1500, output_tokens: 9 } };
    expect(streamOf(once, once).usage.tokens).toEqual({
      input: 300,
      output: 7,
      cache_read: 600,
      cache_create: 100,
    });
    expect(streamOf(once, later).usage.tokens).toMatchObject({ input: 800, output: 9 });
  });

  test('an error that it got over is none, one after which nothing came is the reason', () => {
    const reconnecting = { type: 'error', message: 'Reconnecting... 1/5 (unexpected status 500 …)' };
    expect(streamOf(reconnecting, { type: 'turn.completed', usage }).end(NOW).failure).toBeNull();
    const item = { type: 'item.completed', item: { type: 'agent_message', text: 'On I go.' } };
    expect(streamOf(reconnecting, item).end(NOW)).toEqual({ told: false, failure: null });
    expect(streamOf(reconnecting).end(NOW)).toMatchObject({ told: false, failure: { kind: 'server' } });
    expect(streamOf().end(NOW)).toEqual({ told: false, failure: null });
  });

  test('a turn that begins takes the end of the one before back', () => {
    const stream = streamOf({ type: 'turn.completed', usage }, { type: 'turn.started' });
    expect(stream.end(NOW)).toEqual({ told: false, failure: null });
  });

  test('calls of every kind are told once, in words', () => {
    const stream = new CodexStream('/w');
    const items = [
      {
        id: 'a',
        type: 'file_change',
        changes: [
          { path: '/w/a.ts', kind: 'update' },
          { path: 'b', kind: 'delete' },
        ],
      },
      { id: 'b', type: 'mcp_tool_call', server: 'docs', tool: 'find' },
      { id: 'c', type: 'web_search', query: 'zod' },
      {
        id: 'd',
        type: 'command_execution',
        command: '/bin/zsh -lc ls',
        aggregated_output: '',
        status: 'completed',
      },
      {
        id: 'e',
        type: 'command_execution',
        command: 'make "all"',
        aggregated_output: '',
        status: 'completed',
      },
      { id: 'f', type: 'collab_tool_call', tool: 'spawn_agent' },
      { id: 'g', type: 'todo_list', items: [{ text: 'one', completed: false }] },
    ];
    const read = (type: string) =>
      items.flatMap((item) => stream.read(JSON.stringify({ type, item })).map(({ text }) => text));
    const told = [
      'Edit a.ts',
      'Delete b',
      'docs.find',
      'WebSearch zod',
      'Bash ls',
      'Bash make "all"',
      'spawn_agent',
    ];
    expect(read('item.started')).toEqual(told);
    expect(read('item.completed')).toEqual([]);
    expect(stream.toolCalls).toHaveLength(7);
  });

  test('never throws, and never shows a control character or more than 500 units', () => {
    const type = fc.constantFrom(
      'item.completed',
      'item.started',
      'turn.completed',
      'turn.failed',
      'error',
      'news',
    );
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ type, item: fc.jsonValue(), usage: fc.jsonValue(), message: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
      fc
        .string({ unit: 'binary', maxLength: 2000 })
        .map((text) => JSON.stringify({ type: 'item.completed', item: { type: 'agent_message', text } })),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const stream = new CodexStream();
        for (const { text } of lines.flatMap((each) => stream.read(each))) {
          expect(text).not.toMatch(/[\p{Cc}\u202E\u2028]/u);
          expect(text.length).toBeLessThanOrEqual(500);
        }
        stream.end(NOW);
      }),
    );
  });
});
