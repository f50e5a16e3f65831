import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClaudeStream } from '../../../source/engine/agents/claude-stream.js';
import { NO_TOKENS } from '../../../source/engine/ports.js';
import { readRecording } from './recording.js';

function tokens(input: number, output: number, cache_read: number, cache_create: number) {
  return { input, output, cache_read, cache_create };
}
const said = (text: string, extra: object = {}): string =>
  JSON.stringify({ type: 'assistant', message: { id: 'm', content: [{ type: 'text', text }] }, ...extra });

describe('ClaudeStream with recordings', () => {
  test('shows what is said, called and put out, and tells the true usage', async () => {
    const { stream, shown } = await readRecording('claude-stream');
    expect(shown.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'text: I will add greeting.txt.',
      'tool: Write greeting.txt',
      'text: Now I commit it.',
      'tool: Bash git add -A && git -c user.name=fake -c user.email=fake@example.invalid commit -q -m "Add greeting" && git log --oneline -1',
      'result: 9f682fe Add greeting',
      'text: Done: added greeting.txt and committed it.',
    ]);
    expect(stream.toolCalls).toEqual(['Write', 'Bash']);
    expect(stream.usage).toEqual({
      tokens: tokens(360, 120, 12_000, 900),
      cost_usd: 0.009855,
      model: 'claude-sonnet-4-5',
    });
    expect(stream.finalText.trim()).toBe('Done: added greeting.txt and committed it.');
    expect(stream.ending.result).toMatchObject({ is_error: false, terminal_reason: 'completed' });
  });

  test('counts a message of several lines once, before a result has come', async () => {
    const { stream } = await readRecording('claude-stream');
    const cut = new ClaudeStream();
    const line = JSON.stringify({
      type: 'assistant',
      message: { id: 'a', content: [], usage: { input_tokens: 5, output_tokens: 1 } },
    });
    for (const each of [line, line, line.replace('"a"', '"b"')]) cut.read(each);
    expect(cut.usage).toEqual({ tokens: tokens(10, 2, 0, 0), cost_usd: null, model: null });
    expect(stream.usage.tokens.input).toBe(360);
  });

  test('has the true output early where partial messages tell it', async () => {
    const text = await readRecording('claude-stream-partial');
    expect(text.stream.usage.tokens).toEqual(tokens(360, 120, 12_000, 900));
    expect(text.shown.filter(({ kind }) => kind === 'text')).toHaveLength(3);
    const live = new ClaudeStream();
    const usage = { input_tokens: 120, output_tokens: 1 };
    live.read(
      JSON.stringify({ type: 'stream_event', event: { type: 'message_start', message: { id: 'x', usage } } }),
    );
    live.read(
      JSON.stringify({
        type: 'stream_event',
        api_message_id: 'x',
        event: { type: 'message_delta', usage: { ...usage, output_tokens: 40 } },
      }),
    );
    live.read(JSON.stringify({ type: 'assistant', message: { id: 'x', content: [], usage } }));
    expect(live.usage.tokens).toEqual(tokens(120, 40, 0, 0));
  });

  test('of several results the last tells the cost, and the tokens are those of all turns', async () => {
    const { stream } = await readRecording('claude-stream-background');
    expect(stream.usage).toMatchObject({ tokens: tokens(360, 120, 12_000, 900), cost_usd: 0.00537 });
    expect(stream.finalText.trim()).toBe('Started, waiting.\nThe job has ended.');
  });

  test('subagents count, and their text is not the last word', async () => {
    const { stream, shown } = await readRecording('claude-stream-subagent');
    expect(stream.usage).toMatchObject({ tokens: tokens(1080, 360, 36_000, 2700), cost_usd: 0.01611 });
    expect(shown).toContainEqual({ kind: 'tool', text: 'Task sub' });
    const alone = new ClaudeStream();
    alone.read(said('closed app-1', { parent_tool_use_id: 'toolu_1' }));
    expect(alone.finalText.trim()).toBe('');
  });

  test('shows what was refused and what is tried again', async () => {
    const denied = await readRecording('claude-denied');
    expect(denied.shown).toContainEqual({
      kind: 'error',
      text: 'Bash was denied: This command requires approval',
    });
    const limited = await readRecording('claude-429');
    expect(limited.shown).toContainEqual({ kind: 'error', text: 'rate_limit 429: trying again (1 of 2)' });
  });
});

describe('ClaudeStream with any line', () => {
  test('a line that is no JSON is plain text, freed of control sequences and cut', () => {
    const stream = new ClaudeStream();
    const line = '\u001B[31mred\u001B[0m\u202E\u0007';
    expect(stream.read(line)).toEqual([{ kind: 'text', text: 'red' }]);
    expect(stream.read('{not json')).toEqual([{ kind: 'text', text: '{not json' }]);
    expect(stream.read('42')).toEqual([{ kind: 'text', text: '42' }]);
    expect(stream.read('long '.repeat(200))[0]?.text).toHaveLength(500);
    expect(stream.finalText).toContain('red\n{not json\n42\n');
  });

  test('JSON that is no message, and a message that was cut, show nothing and say nothing', () => {
    const stream = new ClaudeStream();
    for (const line of [
      '{}',
      '{"type":"news"}',
      '{"type":"assistant"}',
      '{"type":"result","usage":"much"}',
    ]) {
      expect(stream.read(line)).toEqual([]);
    }
    expect(stream.read('{"type":"user","message":{"content":[{"type":"tool_res', true)).toEqual([]);
    expect(stream.usage).toEqual({ tokens: NO_TOKENS, cost_usd: null, model: null });
    expect(stream.finalText.trim()).toBe('');
  });

  test('never throws, and never shows a control character or more than 500 units', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ type: fc.constantFrom('assistant', 'user', 'result', 'system'), message: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary', maxLength: 2000 }).map((text) => said(text)),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const stream = new ClaudeStream();
        for (const { text } of lines.flatMap((each) => stream.read(each))) {
          expect(text).not.toMatch(/[\p{Cc}\u202E\u2028]/u);
          expect(text.length).toBeLessThanOrEqual(500);
        }
        expect(stream.finalText.length).toBeLessThan(300_000);
      }),
    );
  });

  test('keeps the names of the first 200 tools', () => {
    const stream = new ClaudeStream();
    for (let call = 0; call < 300; call += 1) {
      const block = { type: 'tool_use', id: `t${call}`, name: `Tool${call}`, input: { command: 'ls\nls' } };
      expect(stream.read(JSON.stringify({ type: 'assistant', message: { content: [block] } }))).toEqual([
        { kind: 'tool', text: `Tool${call} ls ls` },
      ]);
    }
    expect(stream.toolCalls).toHaveLength(200);
    expect(stream.toolCalls.at(-1)).toBe('Tool199');
  });

  test('the final text is that of the results, plain lines, and what was said after them', () => {
    const stream = new ClaudeStream();
    stream.read(said('thinking aloud: closed app-1'));
    stream.read('{"type":"result","is_error":false,"result":"first end"}');
    stream.read('a plain line');
    stream.read(said('last words'));
    expect(stream.finalText.trim()).toBe('first end\na plain line\nlast words');
  });

  test('a result that repeats what was said is not shown again, one that is new is', () => {
    const stream = new ClaudeStream();
    expect(stream.read(said('Done.'))).toHaveLength(1);
    expect(stream.read('{"type":"result","result":"Done."}')).toEqual([]);
    expect(stream.read('{"type":"result","result":"And more."}')).toEqual([
      { kind: 'text', text: 'And more.' },
    ]);
  });
});
