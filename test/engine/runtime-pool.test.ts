import { describe, expect, it } from 'vitest';
import type { Agent } from '../../source/engine/ports.js';
import { RuntimePool } from '../../source/engine/runtime-pool.js';

const START = Date.parse('2026-06-01T12:00:00Z');

function agent(runtime: string): Agent {
  return {
    runtime,
    priced: true,
    caps_cost: true,
    check: async () => null,
    run: () => Promise.reject(new Error('not here')),
  };
}

function pool(fallback: string | null) {
  const time = { now: START };
  const agents = new Map(
    ['claude', ...(fallback === null ? [] : [fallback])].map((name) => [name, agent(name)]),
  );
  const clock = { now: () => new Date(time.now), sleep: () => Promise.resolve() };
  const plan = { agents, runtimes: ['claude'] as [string], fallback, cooldown_iterations: 3 };
  return { time, runtimes: new RuntimePool(plan, clock) };
}

function fault(runtimes: RuntimePool, runtime: string, end: 'server' | 'usage_limit' | 'authentication') {
  return runtimes.report(runtime, { end, reason: `${runtime}: ${end}`, resets_at: null });
}

describe('RuntimePool', () => {
  it('lets the fallback work for so many iterations, then tries the one that failed', () => {
    const { time, runtimes } = pool('codex');
    fault(runtimes, 'claude', 'server');
    time.now += 3_600_000;
    const used = Array.from({ length: 5 }, () => {
      const { agent, cooldown_engaged } = runtimes.begin(1);
      return [agent.runtime, cooldown_engaged];
    });
    expect(used).toEqual([
      ['codex', true],
      ['codex', true],
      ['codex', true],
      ['claude', false],
      ['claude', false],
    ]);
  });

  it('is not done with a usage limit because the fallback has worked its iterations', () => {
    const { time, runtimes } = pool('codex');
    const resets_at = new Date(START + 5 * 3_600_000).toISOString();
    runtimes.report('claude', { end: 'usage_limit', reason: 'limit', resets_at });
    for (let count = 0; count < 10; count += 1) expect(runtimes.begin(1).agent.runtime).toBe('codex');
    time.now = Date.parse(resets_at);
    expect(runtimes.begin(1).agent.runtime).toBe('claude');
  });

  it('tells once that a runtime is of no use any more, and the run when none is left', () => {
    const { runtimes } = pool('codex');
    expect(fault(runtimes, 'claude', 'authentication')).toBe('claude: authentication');
    expect(fault(runtimes, 'claude', 'authentication')).toBeNull();
    expect(runtimes.failed).toBeNull();
    expect(runtimes.choose(1)).toMatchObject({ kind: 'use', runtime: 'codex' });
    fault(runtimes, 'codex', 'authentication');
    expect(runtimes.failed).toContain('claude: claude: authentication; codex: codex: authentication');
  });
});
