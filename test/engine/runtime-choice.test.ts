import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseRuntime, dealtRuntime, type RuntimeFacts } from '../../source/engine/runtime-choice.js';
import { HEALTHY, type RuntimeHealth } from '../../source/engine/runtime-health.js';

const NOW = 1_000_000;

function resting(until: number): RuntimeHealth {
  return { ...HEALTHY, resting_until: until, resting_for: 'usage_limit', resting_reason: 'limit' };
}
const GONE: RuntimeHealth = { ...HEALTHY, failed: 'not logged in' };

function facts(
  health: Readonly<Record<string, RuntimeHealth>>,
  more: Partial<RuntimeFacts> = {},
): RuntimeFacts {
  return {
    runtimes: ['claude'],
    fallback: null,
    healthOf: (runtime) => health[runtime] ?? HEALTHY,
    cooldownOf: () => 0,
    now: NOW,
    ...more,
  };
}

describe('dealtRuntime', () => {
  it('deals the runtimes out to the slots in turn', () => {
    expect([1, 2, 3, 4, 5].map((slot) => dealtRuntime(slot, ['claude', 'codex']))).toEqual([
      'claude',
      'codex',
      'claude',
      'codex',
      'claude',
    ]);
  });
});

describe('chooseRuntime', () => {
  const use = (runtime: string, cooldown_engaged = runtime !== 'claude'): object => ({
    kind: 'use',
    runtime,
    cooldown_engaged,
  });

  it("takes the slot's own while it is well", () => {
    expect(chooseRuntime(1, facts({}, { fallback: 'codex' }))).toEqual(use('claude'));
  });

  it('waits for its own where nothing can take its place', () => {
    const health = resting(NOW + 5);
    expect(chooseRuntime(1, facts({ claude: health }))).toEqual({ kind: 'rest', runtime: 'claude', health });
    expect(chooseRuntime(1, facts({ claude: resting(NOW) }))).toEqual(use('claude'));
  });

  it('takes the fallback while its own rests, and for as many iterations as it is to cool down', () => {
    const fallback = { fallback: 'codex' };
    expect(chooseRuntime(1, facts({ claude: resting(NOW + 5) }, fallback))).toEqual(use('codex'));
    expect(chooseRuntime(1, facts({}, { ...fallback, cooldownOf: () => 2 }))).toEqual(use('codex'));
  });

  it('tries its own rather than to wait for a fallback that rests', () => {
    const more = { fallback: 'codex', cooldownOf: () => 2 };
    expect(chooseRuntime(1, facts({ codex: resting(NOW + 5) }, more))).toEqual(use('claude'));
  });

  it('waits for whichever comes back first', () => {
    const health = { claude: resting(NOW + 9), codex: resting(NOW + 5) };
    expect(chooseRuntime(1, facts(health, { fallback: 'codex' }))).toMatchObject({
      kind: 'rest',
      runtime: 'codex',
    });
  });

  it('gives the slot another of the runtimes when its own has failed for good, but not when it only rests', () => {
    const runtimes: RuntimeFacts['runtimes'] = ['claude', 'codex'];
    expect(chooseRuntime(1, facts({ claude: GONE }, { runtimes }))).toEqual(use('codex'));
    expect(chooseRuntime(1, facts({ claude: resting(NOW + 5) }, { runtimes }))).toMatchObject({
      kind: 'rest',
      runtime: 'claude',
    });
  });

  it('has failed when every runtime has, and says why', () => {
    expect(chooseRuntime(1, facts({ claude: GONE }))).toEqual({ kind: 'failed', reason: 'not logged in' });
  });

  it('never uses one that rests or has failed, and never waits while one of those for the slot is awake', () => {
    const health = fc.oneof(
      fc.constant(HEALTHY),
      fc.constant(GONE),
      fc.integer({ min: NOW - 5, max: NOW + 5 }).map(resting),
    );
    fc.assert(
      fc.property(health, health, health, fc.nat(2), fc.boolean(), (claude, codex, command, left, has) => {
        const each = { claude, codex, command };
        const choice = chooseRuntime(
          1,
          facts(each, {
            runtimes: ['claude', 'command'],
            fallback: has ? 'codex' : null,
            cooldownOf: () => left,
          }),
        );
        const isAwake = ({ failed, resting_until }: RuntimeHealth): boolean =>
          failed === null && (resting_until ?? 0) <= NOW;
        const used = choice.kind === 'use' ? each[choice.runtime as keyof typeof each] : null;
        expect(used === null || isAwake(used)).toBe(true);
        expect(used !== null || !(isAwake(claude) || (has && isAwake(codex)))).toBe(true);
      }),
    );
  });
});
