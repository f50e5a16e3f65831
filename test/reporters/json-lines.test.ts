import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { durableEventSchema } from '../../source/engine/events.js';
import { jsonLine } from '../../source/reporters/json-lines.js';
import { eventSequences } from '../event-sequences.js';

// `--json` must not pay for Ink: whoever imports it here, however far away, makes this file fail.
// What another file of the same process has imported does not count.
vi.hoisted(() => vi.resetModules());
vi.mock('ink', () => {
  throw new Error('Ink was loaded');
});
vi.mock('react', () => {
  throw new Error('React was loaded');
});

const AT = '2026-11-22T10:15:00.000Z';

describe('jsonLine', () => {
  it('is the event again when it is read, for any event', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        for (const event of events)
          expect(durableEventSchema.parse(JSON.parse(jsonLine(event) ?? ''))).toEqual(event);
      }),
      { numRuns: 50 },
    );
  });

  it('is one line that drives no terminal, and keeps any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = jsonLine({ v: 1, type: 'notice', at: AT, level: 'info', text }) ?? '';
        expect(JSON.parse(line)).toMatchObject({ text });
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
      }),
      { numRuns: 150 },
    );
    const text = '\u001B]0;title\u0007\u009B2J\u202E\u2028\u{E0041}\n';
    const line = jsonLine({ v: 1, type: 'notice', at: AT, level: 'info', text }) ?? '';
    expect(line).toContain(String.raw`\u001b]0;title\u0007\u009b2J\u202e\u2028\udb40\udc41\n`);
    expect(JSON.parse(line)).toMatchObject({ text });
  });

  it('leaves out what only passes by', () => {
    expect(
      jsonLine({ v: 1, type: 'agent.line', at: AT, slot: 1, worker: 0, kind: 'text', text: 'hi' }),
    ).toBeNull();
  });
});
