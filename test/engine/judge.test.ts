import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Collected } from '../../source/engine/collect.js';
import { shaSchema } from '../../source/engine/ids.js';
import { type AttemptFacts, judgeAttempt } from '../../source/engine/judge.js';
import type { AgentFailure } from '../../source/engine/agent-failure.js';
import type { AgentResult } from '../../source/engine/ports.js';

const [BASE, WORK, TREE] = ['a', 'b', 'c'].map((digit) => shaSchema.parse(digit.repeat(40)));
if (!BASE || !WORK || !TREE) throw new Error('three names of objects');

const collected = {
  kind: 'collected',
  result: WORK,
  base_tree: BASE,
  files: ['a'],
  holds_branch: true,
} as const;
const changed: Collected = { ...collected, tree: TREE };
const unchanged: Collected = { ...collected, tree: BASE };
const closed: AgentResult['closing'] = { kind: 'closed' };

function facts(told: Partial<AttemptFacts> & { readonly closing?: AgentResult['closing'] }): AttemptFacts {
  const { closing = closed, ...others } = told;
  const agent = { failure: null, exit_code: 0, closing };
  return { agent, collected: changed, foreign: [], closed_in_queue: false, ...others };
}

const FAILURES: readonly AgentFailure[] = [
  'crashed',
  'killed',
  'unknown',
  'bad_request',
  'spawn_failed',
  'iteration_budget',
  'refusal',
  'prompt_too_long',
  'usage_limit',
  'rate_limit',
  'server',
  'authentication',
  'program_missing',
  'iteration_timeout',
  'stalled',
];

const anyFacts = fc.record<AttemptFacts>({
  agent: fc.record({
    failure: fc.option(
      fc.record({
        kind: fc.constantFrom(...FAILURES, 'aborted' as const),
        message: fc.string(),
        resets_at: fc.constant(null),
      }),
      { freq: 3 },
    ),
    exit_code: fc.constantFrom(0, 1, null),
    closing: fc.constantFrom(closed, null, { kind: 'blocked' as const, why: 'no key' }),
  }),
  collected: fc.constantFrom<Collected>(
    changed,
    unchanged,
    { kind: 'parked', reason: 'a repository' },
    { kind: 'failed', end: 'base_lost', reason: 'another history' },
    { kind: 'failed', end: 'operation_in_progress', reason: 'a merge' },
  ),
  foreign: fc.constantFrom<readonly string[]>([], ['the stash was made']),
  closed_in_queue: fc.boolean(),
});

describe('judgeAttempt', () => {
  it('sends work to the gate that is changed and said to be closed, by word or in the queue', () => {
    expect(judgeAttempt(facts({}))).toEqual({ kind: 'gate' });
    expect(judgeAttempt(facts({ closing: null, closed_in_queue: true }))).toEqual({ kind: 'gate' });
    expect(judgeAttempt(facts({ foreign: ['the stash was made'] }))).toEqual({ kind: 'gate' });
  });

  it('sends nothing else to the gate', () => {
    fc.assert(
      fc.property(anyFacts, (told) => {
        const { agent, collected, closed_in_queue } = told;
        const says = agent.closing?.kind === 'closed' || (agent.closing === null && closed_in_queue);
        const mayPass = agent.failure === null && says && collected === changed;
        expect(judgeAttempt(told).kind === 'gate').toBe(mayPass);
      }),
    );
  });

  it('calls empty only what is said to be closed with nothing changed anywhere', () => {
    expect(judgeAttempt(facts({ collected: unchanged }))).toEqual({
      kind: 'ended',
      end: 'empty',
      reason: null,
    });
    fc.assert(
      fc.property(anyFacts, (told) => {
        const judged = judgeAttempt(told);
        if (judged.kind !== 'ended' || judged.end !== 'empty') return;
        expect(told.agent.failure).toBeNull();
        expect(told.collected).toBe(unchanged);
        expect(told.foreign).toEqual([]);
        expect(told.agent.closing?.kind ?? (told.closed_in_queue ? 'closed' : null)).toBe('closed');
      }),
    );
  });

  it('tells a change elsewhere when nothing else has changed', () => {
    const judged = judgeAttempt(
      facts({ collected: unchanged, foreign: ['the stash was made', 'main moved'] }),
    );
    expect(judged).toMatchObject({
      end: 'foreign_change',
      reason: expect.stringContaining('the stash was made; main moved'),
    });
  });

  it.each(FAILURES)('ends as %s, whatever was said and done before', (kind) => {
    fc.assert(
      fc.property(anyFacts, (told) => {
        const agent = { ...told.agent, failure: { kind, message: 'why', resets_at: null } };
        expect(judgeAttempt({ ...told, agent })).toEqual({ kind: 'ended', end: kind, reason: 'why' });
      }),
    );
  });

  it('takes an aborted agent for an aborted run', () => {
    const agent = {
      failure: { kind: 'aborted' as const, message: 'aborted', resets_at: null },
      exit_code: null,
      closing: null,
    };
    expect(judgeAttempt(facts({ agent }))).toMatchObject({ end: 'run_aborted' });
  });

  it('puts what only a person can judge before the agent’s word, and a blocked task before a missing word', () => {
    const parked: Collected = { kind: 'parked', reason: 'a repository' };
    const lost: Collected = { kind: 'failed', end: 'base_lost', reason: 'another history' };
    const blocked = { kind: 'blocked' as const, why: 'no key' };
    expect(judgeAttempt(facts({ collected: parked, closing: blocked }))).toMatchObject({
      end: 'parked',
      reason: 'a repository',
    });
    expect(judgeAttempt(facts({ collected: lost }))).toMatchObject({
      end: 'base_lost',
      reason: 'another history',
    });
    expect(judgeAttempt(facts({ closing: blocked, closed_in_queue: true }))).toMatchObject({
      end: 'blocked',
      reason: 'no key',
    });
    expect(judgeAttempt(facts({ closing: null }))).toMatchObject({ end: 'no_closing_word' });
  });
});
