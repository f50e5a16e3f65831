import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { certainGuard } from '../../source/engine/certain-guard.js';
import { durableEventSchema } from '../../source/engine/events.js';
import { eventSequences } from '../event-sequences.js';

const isEvent = certainGuard(durableEventSchema);

const anEvent = eventSequences.chain((events) => fc.constantFrom(...events));
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(Infinity, Number.NaN, -1, 0.5, 17, 'x'.repeat(129)),
);

/** An event of which fields may be missing, of another value, or too many, also within its fields. */
const damaged = fc
  .tuple(anEvent, fc.string(), anything, fc.nat(3), fc.nat(99))
  .map(([event, name, value, how, at]) => {
    const changed = structuredClone(event) as unknown as Record<string, unknown>;
    const inner = Object.values(changed).find((each) => typeof each === 'object' && each !== null);
    const target = how === 0 && inner !== undefined ? (inner as Record<string, unknown>) : changed;
    const keys = Object.keys(target);
    const key = keys[at % keys.length] ?? name;
    if (how === 1) delete target[key];
    // As JSON has it, also for a field `__proto__`.
    else
      Object.defineProperty(target, how === 2 ? name : key, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    return changed;
  });

describe('certainGuard', () => {
  it('holds for every event of a run', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        for (const event of events) expect(isEvent(event), event.type).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('holds for nothing that the schema refuses or changes', () => {
    let held = 0;
    fc.assert(
      fc.property(damaged, (value) => {
        if (!isEvent(value)) return;
        held += 1;
        expect(durableEventSchema.parse(value)).toEqual(value);
      }),
      { numRuns: 1500 },
    );
    expect(held).toBeGreaterThan(0);
  });

  it.each([
    ['a check of its own', z.string().refine(() => true), 'x'],
    ['what is changed', z.string().trim(), 'x'],
    ['a format that is more than a pattern', z.url(), 'https://a.example'],
    ['a union without a tag', z.union([z.string(), z.number()]), 1],
    ['what is computed', z.string().transform(Number), '1'],
    ['a check of a whole list', z.array(z.string()).min(1), ['x']],
    ['a check of a whole object', z.object({ a: z.string() }).refine(() => true), { a: 'x' }],
    ['unknown fields that are kept', z.looseObject({ a: z.string() }), { a: 'x' }],
    ['a bound that is left out', z.number().gt(1), 2],
  ])('knows nothing of %s', (_, schema, value) => {
    expect(schema.safeParse(value).success).toBe(true);
    expect(certainGuard(schema)(value)).toBe(false);
  });
});
