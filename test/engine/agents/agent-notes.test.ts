import { expect, test } from 'vitest';
import { agentNotes } from '../../../source/engine/agents/agent-notes.js';

test('collects decisions and what was deferred, whatever markdown is around them', () => {
  const text = [
    'decision: keep the old name',
    '- **Decision:** use `fetch`',
    'The decision: not at the start of a line',
    '* deferred: the docs',
    'deferred:',
    'Deferred: \u001B[31mmore tests\u001B[0m',
  ].join('\n');
  expect(agentNotes(text)).toEqual({
    decisions: ['keep the old name', 'use `fetch`'],
    deferred: ['the docs', 'more tests'],
  });
});

test('keeps the first 50 of each, cut to 500 units', () => {
  const text = Array.from({ length: 80 }, (_, number) => `decision: ${number} ${'x'.repeat(600)}`).join('\n');
  const { decisions } = agentNotes(text);
  expect(decisions).toHaveLength(50);
  expect(decisions.every((decision) => decision.length === 500)).toBe(true);
});
