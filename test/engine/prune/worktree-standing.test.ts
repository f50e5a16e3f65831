import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mayPrune,
  type RunLife,
  type WorktreeFacts,
  worktreeStanding,
} from '../../../source/engine/prune/worktree-standing.js';

const life: fc.Arbitrary<RunLife> = fc.oneof(
  fc.constantFrom<RunLife>({ kind: 'busy' }, { kind: 'ended' }, { kind: 'crashed' }, { kind: 'forgotten' }),
  fc.constant<RunLife>({ kind: 'alive', holder: 'process 7' }),
  fc.constant<RunLife>({ kind: 'unreadable', problem: 'run.json: is not JSON' }),
);

const facts: fc.Arbitrary<WorktreeFacts> = fc.record({
  place: fc.constantFrom('folder', 'link', 'gone'),
  listed: fc.boolean(),
  locked: fc.option(fc.string()),
  owner: fc.oneof(
    fc.constantFrom<WorktreeFacts['owner']>({ kind: 'this' }, { kind: 'none' }, { kind: 'unreadable' }),
    fc.record({ kind: fc.constant('other' as const), project: fc.string() }),
  ),
  run: life,
  parked: fc.option(fc.constantFrom('app-1', 'app-2')),
});

const limits = fc.record({
  named: fc.boolean(),
  older_than_ms: fc.option(fc.nat(1000)),
  live_run: fc.boolean(),
});

/** An orphan beyond any doubt. */
const ORPHAN: WorktreeFacts = {
  place: 'folder',
  listed: true,
  locked: null,
  owner: { kind: 'this' },
  run: { kind: 'crashed' },
  parked: null,
};

describe('what may be pruned', () => {
  it('is never foreign, alive, locked, behind a link or unknown to git', () => {
    fc.assert(
      fc.property(facts, limits, fc.nat(2000), (each, asked, idle) => {
        if (mayPrune(worktreeStanding(each), idle, asked).kind === 'no') return;
        expect(each.owner.kind === 'this' || each.owner.kind === 'none').toBe(true);
        expect(each).toMatchObject({ listed: true, locked: null });
        expect(each.place).not.toBe('link');
        expect(['alive', 'busy']).not.toContain(each.run.kind);
        expect(idle).toBeGreaterThan(asked.older_than_ms ?? -1);
      }),
    );
  });

  it('is never parked, or possibly so, unless its run is named and no run is alive', () => {
    fc.assert(
      fc.property(facts, limits, fc.nat(2000), (each, asked, idle) => {
        fc.pre(each.parked !== null || each.run.kind === 'unreadable');
        const may = mayPrune(worktreeStanding(each), idle, asked);
        expect(may.kind === 'no' || (asked.named && !asked.live_run)).toBe(true);
      }),
    );
  });

  it('is every orphan, whatever else is asked', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), fc.boolean(), (named, live_run, ended) => {
        const run: RunLife = ended ? { kind: 'ended' } : { kind: 'crashed' };
        const may = mayPrune(worktreeStanding({ ...ORPHAN, run }), 5, {
          named,
          live_run,
          older_than_ms: null,
        });
        expect(may).toEqual({ kind: 'yes' });
      }),
    );
  });

  it.each<[Partial<WorktreeFacts>, string, RegExp]>([
    [{}, 'orphan', /crashed/],
    [{ run: { kind: 'ended' } }, 'orphan', /ended/],
    [{ run: { kind: 'forgotten' }, owner: { kind: 'none' } }, 'orphan', /nothing else/],
    [{ place: 'gone' }, 'orphan', /gone/],
    [{ parked: 'app-3' }, 'parked', /app-3/],
    [{ run: { kind: 'alive', holder: 'process 7' } }, 'alive', /process 7/],
    [{ owner: { kind: 'other', project: 'shop' } }, 'foreign', /shop/],
    [{ owner: { kind: 'none' }, listed: false }, 'foreign', /nothing says/],
    [{ locked: 'on a stick' }, 'unclear', /on a stick/],
    [{ place: 'link' }, 'unclear', /symbolic link/],
    [{ owner: { kind: 'unreadable' } }, 'unclear', /owner.json/],
  ])('%o is %s', (change, kind, why) => {
    const standing = worktreeStanding({ ...ORPHAN, ...change });
    expect(standing.kind).toBe(kind);
    expect(standing.why).toMatch(why);
  });
});
