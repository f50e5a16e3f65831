import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DurableEvent, durableEventSchema } from '../../source/engine/events.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { replay, replayParts } from '../../source/engine/replay.js';
import type { RunState } from '../../source/engine/state.js';
import { shownSlots } from '../../source/engine/shown-slots.js';
import { eventSequences } from '../event-sequences.js';
import { exampleState, started, worker } from '../example-run.js';
import { checkInvariants } from '../state-invariants.js';

const ALL_TYPES = durableEventSchema.options.map((option) => option.shape.type.value);

const UNTOUCHED = structuredClone(EMPTY_STATE);

function reduceAll(events: readonly DurableEvent[]): RunState {
  return events.reduce(reduce, EMPTY_STATE);
}

describe('reduce', () => {
  it('keeps every invariant after each event of any run', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        let state = EMPTY_STATE;
        for (const event of events) {
          state = reduce(state, event);
          expect(checkInvariants(state), `after ${JSON.stringify(event)}`).toEqual([]);
        }
        expect(state.finished).not.toBeNull();
      }),
      { numRuns: 120 },
    );
  });

  it('keeps what was removed, and gives it back as it was', () => {
    const slots = fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(slots, (counts) => {
        const changes = counts.map((count) => ({ type: 'slots.changed' as const, slots: count }));
        const state = exampleState([started(), worker(3), ...changes]);
        expect(checkInvariants(state)).toEqual([]);
        expect(state.run?.jobs).toBe(counts.at(-1));
        expect(state.slots).toHaveLength(Math.max(4, ...counts));
        expect(state.slots[3]?.worker).toBe(3);
        expect(shownSlots(state.slots)).toHaveLength(counts.at(-1) ?? 0);
      }),
    );
  });

  it('is tried with events of every type', () => {
    const met = new Set(
      fc.sample(eventSequences, { numRuns: 300, seed: 1 }).flatMap((run) => run.map((e) => e.type)),
    );
    expect([...met].sort()).toEqual([...ALL_TYPES].sort());
  });

  it('gives the same state from events that were written and read back', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        const read = events.map((event) => durableEventSchema.parse(JSON.parse(JSON.stringify(event))));
        expect(read).toEqual(events);
        expect(reduceAll(read)).toEqual(reduceAll(events));
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same state one by one, replayed at once and replayed in parts', async () => {
    await fc.assert(
      fc.asyncProperty(eventSequences, fc.integer({ min: 1, max: 20 }), async (events, size) => {
        const copies = structuredClone(events);
        async function* parts() {
          for (let at = 0; at < events.length; at += size) yield events.slice(at, at + size);
        }
        const expected = reduceAll(events);
        const [atOnce, inParts] = [replay(events), await replayParts(parts())];
        expect(atOnce).toEqual(expected);
        expect(inParts).toEqual(expected);
        // What is copied once and changed from then on is nobody else's.
        expect([EMPTY_STATE, events]).toEqual([UNTOUCHED, copies]);
      }),
      { numRuns: 40 },
    );
  });

  it('changes nothing of the state that it is given', () => {
    fc.assert(
      fc.property(eventSequences, (events) => {
        const states = events.map((_, index) => reduceAll(events.slice(0, index)));
        const copies = states.map((state) => structuredClone(state));
        for (const [index, event] of events.entries()) reduce(states[index]!, event);
        expect(states).toEqual(copies);
      }),
      { numRuns: 10 },
    );
  });
});
