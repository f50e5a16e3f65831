import { describe, expect, test } from 'vitest';
import { ScriptedStream } from '../../source/demo/scripted-stream.js';
import { ClaudeStream } from '../../source/engine/agents/claude-stream.js';
import { claudeFailure } from '../../source/engine/agents/claude-failure.js';

function total(stream: ClaudeStream): number {
  return Object.values(stream.usage.tokens).reduce((sum, count) => sum + count, 0);
}

describe('ScriptedStream', () => {
  test('is read as what claude says: lines, tools, tokens that grow, cost and model', () => {
    const script = new ScriptedStream({ session: 's', cwd: '/tea-shop' });
    const read = new ClaudeStream();
    const shown: unknown[] = [];
    const totals: number[] = [];
    const take = (message: object): void => {
      shown.push(...read.read(JSON.stringify(message)));
      totals.push(total(read));
    };
    take(script.init());
    take(script.text('I look.'));
    const write = script.call('Write', { file_path: '/tea-shop/source/find.js', content: 'x' });
    take(write.message);
    take(script.answer(write.id, 'File created successfully.'));
    const bash = script.call('Bash', { command: 'node test/find.test.js' });
    take(bash.message);
    take(script.answer(bash.id, 'not ok', true));
    expect(read.usage).toMatchObject({ cost_usd: null, model: 'scripted' });
    take(script.text('closed app-1'));
    const live = read.usage.tokens;
    take(script.result('closed app-1'));

    expect(shown).toEqual([
      { kind: 'text', text: 'I look.' },
      { kind: 'tool', text: 'Write source/find.js' },
      { kind: 'tool', text: 'Bash node test/find.test.js' },
      { kind: 'error', text: 'not ok' },
      { kind: 'text', text: 'closed app-1' },
    ]);
    expect(totals).toEqual(totals.toSorted((a, b) => a - b));
    expect(new Set(totals).size).toBeGreaterThan(4);
    expect(read.toolCalls).toEqual(['Write', 'Bash']);
    expect(read.finalText.trim()).toBe('closed app-1');
    expect(claudeFailure(read.ending, new Date())).toBeNull();
    expect(read.ending.result).toMatchObject({ is_error: false, terminal_reason: 'completed' });
    // What was told on the way is what the result sums up, but for the output, which only the result knows.
    expect({ ...read.usage.tokens, output: live.output }).toEqual(live);
    expect(read.usage.tokens.output).toBeGreaterThan(live.output);
    expect(read.usage.cost_usd).toBeGreaterThan(0);
  });
});
