import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closingWord } from '../../../source/engine/agents/closing-word.js';
import { taskIdSchema, type TaskId } from '../../../source/engine/ids.js';

const APP_1 = taskIdSchema.parse('app-1');
const ids = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/).map((id): TaskId => taskIdSchema.parse(id));
const CLOSED = { kind: 'closed' };

describe('closingWord', () => {
  test.each([
    'closed app-1',
    'All is done.\n\nclosed app-1\n',
    '**closed app-1**',
    '`closed app-1`',
    '**closed `app-1`**.',
    '- Closed app-1.',
    '> _closed app-1_',
    'closed **app-1**!',
    '```\nclosed app-1\n```',
    '## closed app-1  ',
    'progress 10%\rclosed app-1\r',
    '\u001B[32mclosed app-1\u001B[0m',
    'blocked app-1: no key\nclosed app-1',
  ])('closed: %j', (text) => {
    expect(closingWord(text, APP_1)).toEqual(CLOSED);
  });

  test.each([
    ['blocked app-1: the API needs a key', 'the API needs a key'],
    ['**blocked app-1: no key**', 'no key'],
    ['**blocked app-1:** no `key`', 'no `key`'],
    ['`blocked app-1`: no key.', 'no key.'],
    ['Blocked app-1 — no key', 'no key'],
    ['closed app-1\nblocked app-1: tests need docker', 'tests need docker'],
    ['blocked app-1', 'no reason was given'],
    ['blocked app-1: \u001B[2Jclear', 'clear'],
  ])('blocked: %j', (text, why) => {
    expect(closingWord(text, APP_1)).toEqual({ kind: 'blocked', why });
  });

  test.each([
    '',
    'closed',
    'closed app-2',
    'closed app-11',
    'closed app-1.2',
    'closed app-1-b',
    'closed app-1_',
    'closed APP-1',
    'closed x.app-1',
    'blocked app-1.2: why',
    'blocked app-12: like app-1',
    'I will say closed app-1',
    'closed app-1 when the tests pass',
    'not closed app-1',
    'unclosed app-1',
    'close app-1',
    'closedapp-1',
  ])('nothing: %j', (text) => {
    expect(closingWord(text, APP_1)).toBeNull();
  });

  test('takes the dots of an id by the letter', () => {
    expect(closingWord('closed appx2', taskIdSchema.parse('app.2'))).toBeNull();
    expect(closingWord('closed app.2', taskIdSchema.parse('app.2'))).toEqual(CLOSED);
  });

  test("finds every id's own line, and no other id's, but for a full stop at its end", () => {
    fc.assert(
      fc.property(ids, ids, fc.constantFrom('', '*', '**', '`'), (id, other, mark) => {
        expect(closingWord(`words\n${mark}closed ${id}${mark}\n`, id)).toEqual(CLOSED);
        expect(closingWord(`${mark}blocked ${id}: why${mark}`, id)).toEqual({ kind: 'blocked', why: 'why' });
        fc.pre(id !== other && other !== `${id}.`);
        expect(closingWord(`${mark}closed ${other}${mark}`, id)).toBeNull();
        expect(closingWord(`${mark}blocked ${other}: why${mark}`, id)).toBeNull();
      }),
    );
  });

  test('is quick with any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(closingWord(text.replaceAll('closed', ''), APP_1)?.kind).not.toBe('closed');
      }),
    );
    expect(closingWord(`${'*_~` '.repeat(50_000)}\n${'closed app-1'.repeat(5000)}`, APP_1)).toBeNull();
  });
});
