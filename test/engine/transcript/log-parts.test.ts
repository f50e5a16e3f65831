import { readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRedactor, NO_REDACTION } from '../../../source/engine/redactor.js';
import { partsOf } from '../../../source/engine/transcript/log-parts.js';
import type { TranscriptKind, TranscriptPart } from '../../../source/engine/transcript/transcript.js';

function partOf(text: string, kind: TranscriptKind = 'agent', cwd: string | null = null): TranscriptPart {
  return partsOf({ kind, cwd, redactor: NO_REDACTION })({
    offset: 0,
    next: text.length + 1,
    text,
    cut: false,
  });
}

function told(lines: TranscriptPart['whole']): readonly string[] {
  return (lines ?? []).map(({ kind, text }) => `${kind}: ${text}`);
}

function message(type: 'assistant' | 'user', ...content: readonly object[]): string {
  return JSON.stringify({ type, message: { content } });
}

describe('partsOf an agent', () => {
  it('shows what the agent says whole', () => {
    const text = `First.\n\n${'long '.repeat(400)}end\n`;
    const { brief, whole } = partOf(message('assistant', { type: 'text', text }));
    expect(told(brief)).toEqual(['text: First.', 'text: ', `text: ${'long '.repeat(400)}end`]);
    expect(whole).toBeNull();
  });

  it('folds the call of a tool into one line, and unfolds what it was given', () => {
    const input = { file_path: '/w/source/a.ts', old_string: 'one\n\ttwo', replace_all: false };
    const line = message('assistant', { type: 'tool_use', id: '1', name: 'Edit', input });
    const { brief, whole } = partOf(line, 'agent', '/w');
    expect(told(brief)).toEqual(['tool: Edit source/a.ts']);
    expect(told(whole)).toEqual([
      'tool: Edit source/a.ts',
      'note: file_path: /w/source/a.ts',
      'note: old_string:',
      'note:   one',
      'note:       two',
      'note: replace_all: false',
    ]);
  });

  it('folds the answer of a tool to its end', () => {
    const content = 'one\ntwo\nthree\nfour\nfive\n';
    const { brief, whole } = partOf(message('user', { type: 'tool_result', tool_use_id: '1', content }));
    expect(told(brief)).toEqual(['result: … 2 more', 'result: three', 'result: four', 'result: five']);
    expect(told(whole)).toHaveLength(5);
    const failed = { type: 'tool_result', tool_use_id: '1', content: 'no', is_error: true };
    expect(told(partOf(message('user', failed)).brief)).toEqual(['error: no']);
  });

  it('shows what it does not know in one line, and all of it when unfolded', () => {
    const line = message('assistant', { type: 'thinking', thinking: 'Hm.\nSo.', signature: 'x'.repeat(99) });
    expect(told(partOf(line).brief)).toEqual(['note: thinking: Hm.']);
    const codex = {
      type: 'item.completed',
      item: { type: 'new_thing', text: 'Done it.', n: [1, { a: null }] },
    };
    const { brief, whole } = partOf(JSON.stringify(codex));
    expect(told(brief)).toEqual(['note: new thing: Done it.']);
    expect(told(whole)).toEqual([
      'note: type: item.completed',
      'note: item:',
      'note:   type: new_thing',
      'note:   text: Done it.',
      'note:   n:',
      'note:     - 1',
      'note:     -',
      'note:       a: null',
    ]);
  });

  it('shows what codex does', () => {
    const of = (type: string, item: object): readonly string[] =>
      told(partOf(JSON.stringify({ type, item }), 'agent', '/w').brief);
    const ran = { type: 'command_execution', id: '1', command: "bash -lc 'npm test'", status: 'completed' };
    expect(of('item.started', ran)).toEqual(["note: started command execution: bash -lc 'npm test'"]);
    expect(of('item.completed', { ...ran, aggregated_output: 'ok\n' })).toEqual([
      'tool: Bash npm test',
      'result: ok',
    ]);
    const changes = [{ path: '/w/a.ts', kind: 'add' }];
    expect(of('item.completed', { type: 'file_change', changes })).toEqual(['tool: Write a.ts']);
    expect(of('item.completed', { type: 'agent_message', text: 'Done.' })).toEqual(['text: Done.']);
    expect(of('item.completed', { type: 'reasoning', text: 'Let me see' })).toEqual([
      'note: reasoning: Let me see',
    ]);
  });

  it('takes what is no message for text', () => {
    expect(told(partOf('{"type":"assis').brief)).toEqual(['text: {"type":"assis']);
    expect(told(partOf('progress 1\rprogress 2\r').brief)).toEqual(['text: progress 2']);
    expect(told(partOf('[1]').brief)).toEqual(['text: [1]']);
  });

  it('shows every message of a recording, and says of none that it is not known', async () => {
    for (const name of [
      'claude-stream',
      'claude-stream-subagent',
      'claude-denied',
      'claude-budget',
      'codex-stream',
      'codex-fail',
    ]) {
      const recording = await readFile(new URL(`../../recordings/${name}.jsonl`, import.meta.url), 'utf8');
      for (const line of recording.trim().split('\n')) {
        const { brief } = partOf(line);
        expect(brief.length).toBeGreaterThan(0);
        expect(brief[0]?.text).not.toContain('{"');
      }
    }
  });

  it('lets no control character through, and never fails', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\u001b[2J', '\u009b1m', '\r', '\t', '\u202e'),
    );
    const evil = fc.array(piece).map((pieces) => pieces.join(''));
    const value = fc.oneof(
      evil,
      fc.jsonValue(),
      evil.map((text) => ({
        type: 'assistant',
        message: { content: [{ type: 'text', text }, { type: text }] },
      })),
      evil.map((content) => ({ type: 'user', message: { content: [{ type: 'tool_result', content }] } })),
      evil.map((name) => ({
        type: 'assistant',
        message: { content: [{ type: 'tool_use', name, input: { name } }] },
      })),
    );
    fc.assert(
      fc.property(value, (each) => {
        const { brief, whole } = partOf(typeof each === 'string' ? each : JSON.stringify(each));
        expect(brief.length).toBeGreaterThan(0);
        const texts = [...brief, ...(whole ?? [])].map(({ text }) => text);
        expect(texts.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
      }),
      { numRuns: 50 },
    );
  });
});

describe('partsOf other logs', () => {
  it('tells the lines of a diff apart', () => {
    const lines = ['diff --git a/x b/x', '--- a/x', '+++ b/x', '@@ -1 +1 @@', '-old', '+new', ' same'];
    expect(lines.map((line) => told(partOf(line, 'diff').brief)[0])).toEqual([
      'note: diff --git a/x b/x',
      'note: --- a/x',
      'note: +++ b/x',
      'place: @@ -1 +1 @@',
      'removed: -old',
      'added: +new',
      'text:  same',
    ]);
  });

  it('shows no secret that stands in a file', () => {
    const redactor = makeRedactor({ API_KEY: 'abcdefgh1234' });
    const line = { offset: 0, next: 9, text: '+key = abcdefgh1234', cut: false };
    expect(told(partsOf({ kind: 'diff', cwd: null, redactor })(line).brief)).toEqual(['added: +key = ***']);
  });

  it("shows the gate's output as a screen would have shown it", () => {
    expect(told(partOf('{"a": 1}', 'gate').brief)).toEqual(['gate: {"a": 1}']);
    expect(told(partOf('\u001b[32m✓\u001b[39m ok\r', 'merged_gate').brief)).toEqual(['gate: ✓ ok']);
  });
});
