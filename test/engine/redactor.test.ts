import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RedactedBytes } from '../../source/engine/processes/redacted-bytes.js';
import { WholeLines } from '../../source/engine/processes/whole-lines.js';
import { redactEvent } from '../../source/engine/redact-event.js';
import { makeRedactor } from '../../source/engine/redactor.js';

/** Short alphabets, so that secrets are parts of each other, overlap and come together when one is left out. */
const secret = fc.oneof(
  fc.string({ minLength: 8, maxLength: 12, unit: fc.constantFrom('a', 'b') }),
  fc.string({ minLength: 8, maxLength: 12, unit: fc.constantFrom('*', 'a') }),
  fc.string({ minLength: 8, maxLength: 12, unit: 'binary' }),
);
const secrets = fc.uniqueArray(secret, { minLength: 1, maxLength: 4 });

function environmentOf(values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`NUMBER_${index}_TOKEN`, value]));
}

/** Text in which the secrets stand, whole and in parts, one beside the other. */
function around(values: readonly string[]): fc.Arbitrary<string> {
  const parts = values.flatMap((value) => [value, value.slice(0, 5), value.slice(3)]);
  return fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 3 })))
    .map((all) => all.join(''));
}

const secretsAndText = secrets.chain((values) => fc.tuple(fc.constant(values), around(values)));

describe('a redactor', () => {
  test('lets no value of a secret through, as text or as bytes', () => {
    fc.assert(
      fc.property(secretsAndText, ([values, text]) => {
        const redactor = makeRedactor(environmentOf(values));
        const clean = redactor.text(text);
        const bytes = redactor.bytes(Buffer.from(text));
        for (const value of values) {
          expect(clean).not.toContain(value);
          expect(bytes.includes(Buffer.from(value))).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('lets no value through in a stream, however its pieces are cut', () => {
    fc.assert(
      fc.property(
        secretsAndText,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        ([values, text], sizes) => {
          // What crosses lines is found line by line: see below.
          const plain = values.filter((value) => !value.includes('\n'));
          const redacted = new RedactedBytes(makeRedactor(environmentOf(plain)));
          const lines = new WholeLines(16);
          const given: Buffer[] = [];
          const bytes = Buffer.from(text);
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length] ?? 1;
            given.push(redacted.push(lines.push(bytes.subarray(at, at + size))));
            at += size;
          }
          given.push(redacted.push(lines.end()), redacted.end());
          for (const value of plain) expect(Buffer.concat(given).includes(Buffer.from(value))).toBe(false);
        },
      ),
      {
        numRuns: 500,
        // What was left out became a part of a secret, with what had been given on before.
        examples: [
          [
            [['**a*a****a*'], '**a*a****a***a*a**a*a****a**a****a*'],
            [2, 9],
          ],
        ],
      },
    );
  });

  test('leaves everything else as it is', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x0a]);
    const redactor = makeRedactor({
      MY_TOKEN: 'hunter2hunter2',
      OTHER: 'not a secret',
      A_KEY: 'short',
      B_SECRET: '',
    });
    expect(redactor.text('not a secret, short')).toBe('not a secret, short');
    expect(redactor.bytes(bytes)).toBe(bytes);
    const mixed = Buffer.concat([bytes, Buffer.from('hunter2hunter2'), bytes]);
    expect(redactor.bytes(mixed)).toEqual(Buffer.concat([bytes, Buffer.from('***'), bytes]));
  });

  test('knows those of several environments', () => {
    const redactor = makeRedactor({ A_KEY: 'first secret' }, { A_KEY: 'second secret' });
    expect(redactor.text('first secret, second secret')).toBe('***, ***');
  });

  test('knows values as JSON writes them, and each line of one that has several', () => {
    const redactor = makeRedactor({
      ODD_KEY: 'with "quotes" and \\',
      PEM_KEY: 'first line 1\nsecond line 2\n',
    });
    expect(redactor.text('{"text":"with \\"quotes\\" and \\\\"}')).toBe('{"text":"***"}');
    expect(redactor.text('so: first line 1')).toBe('so: ***');
    expect(redactor.text('first line 1\nsecond line 2\n')).not.toContain('second');
  });

  test('takes secrets out of the words of an event, and lets its paths be', () => {
    const redactor = makeRedactor({ DEPLOY_KEY: '/home/me/app' });
    const at = '2026-11-22T10:15:00.000Z';
    const notice = { v: 1, type: 'notice', at, level: 'info', text: 'see /home/me/app' } as const;
    expect(redactEvent(notice, redactor)).toEqual({ ...notice, text: 'see ***' });
    const created = {
      v: 1,
      type: 'slot.planned',
      at,
      slot: 1,
      worker: 0,
      branch: 'loop/x/w0',
      task: 'app-1' as never,
      title: '/home/me/app',
      prompt_hash: '/home/me/app',
      prompt: 'work in /home/me/app',
    } as const;
    expect(redactEvent(created, redactor)).toEqual({ ...created, title: '***', prompt: 'work in ***' });
  });
});
