import * as fc from 'fast-check';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { commandWord } from '../../../source/engine/agents/command-word.js';

describe('commandWord', () => {
  test.each([
    ['claude -p', 'claude'],
    ['  ./agent.sh --fast', './agent.sh'],
    ['A=1 B="x y" C=\'z\' ./agent.sh', './agent.sh'],
    ['"./my agent.sh" x', './my agent.sh'],
    ["'./it'\\''s' x", "./it's"],
    [String.raw`./my\ agent.sh`, './my agent.sh'],
    ['cat|tee', 'cat'],
    ['true;false', 'true'],
    ['codex', 'codex'],
  ])('%s', (command, word) => {
    expect(commandWord(command)?.word).toBe(word);
  });

  test.each([
    '',
    '   ',
    '$AGENT -p',
    '`which claude`',
    '~/bin/agent',
    '(cd x && y)',
    '"$HOME/agent"',
    'A=$(x) y',
    '*.sh',
    '"open',
    '{ a; }',
  ])('only a shell could tell: %s', (command) => {
    expect(commandWord(command)).toBeNull();
  });

  test('takes the word as the shell does', async () => {
    const piece = fc.oneof(
      fc.stringMatching(/^[a-z./]{1,4}$/),
      fc.stringMatching(/^'[a-z "$]{0,4}'$/),
      fc.stringMatching(/^"[a-z ']{0,4}"$/),
      fc.constantFrom(String.raw`\ `, String.raw`"\""`, String.raw`\'`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 4 }), async (pieces) => {
        const line = pieces.join('');
        const { stdout } = await execa('sh', ['-c', `printf %s ${line} ""`]);
        expect(commandWord(`A=b ${line} rest`)?.word ?? '').toBe(stdout);
      }),
      { numRuns: 40 },
    );
  });
});
