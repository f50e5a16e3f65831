import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  mayPrune,
  type RunLife,
  stateOf,
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
    fc.record({ kind: fc.constant('other' as const), project: fc.string(), unknown: fc.option(fc.string()) }),
  ),
  run: life,
  parked: fc.option(fc.record({ task: fc.constantFrom('app-1', 'app-2'), bug: fc.option(fc.string()) })),
});

const limits = fc.record({
  named: fc.boolean(),
  older_than_ms: fc.option(fc.nat(1000)),
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

const SHOP = { kind: 'other', project: 'shop', unknown: null } as const;

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

  it('is never parked, or possibly so, unless it is named', () => {
    fc.assert(
      fc.property(facts, limits, fc.nat(2000), (each, asked, idle) => {
        fc.pre(each.parked !== null || each.run.kind === 'unreadable');
        const may = mayPrune(worktreeStanding(each), idle, asked);
        expect(may.kind === 'no' || asked.named).toBe(true);
      }),
    );
  });

  it('is every orphan, whatever else is asked', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.boolean(), (named, ended) => {
        const run: RunLife = ended ? { kind: 'ended' } : { kind: 'crashed' };
        const may = mayPrune(worktreeStanding({ ...ORPHAN, run }), 5, {
          named,
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
    [{ parked: { task: 'app-3', bug: null } }, 'parked', /app-3, for/],
    [{ parked: { task: 'app-3', bug: 'app-9' } }, 'parked', /app-3 for bug app-9/],
    [{ run: { kind: 'alive', holder: 'process 7' } }, 'alive', /process 7/],
    [{ owner: SHOP }, 'foreign', /shop/],
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

describe('a worktree of another project', () => {
  it.each<[Partial<WorktreeFacts>, string, RegExp]>([
    [
      { run: { kind: 'alive', holder: 'process 7' } },
      'alive',
      /^it belongs to shop; its run is alive \(process 7\)$/,
    ],
    [{ run: { kind: 'crashed' } }, 'orphan', /shop; its run has crashed/],
    [{ parked: { task: 'app-3', bug: 'app-9' } }, 'parked', /shop; it is parked with app-3 for bug app-9/],
    [
      { owner: { ...SHOP, unknown: 'its repository is not there' } },
      'unknown',
      /unknown, because its repository/,
    ],
    [{ owner: { kind: 'none' } }, 'unknown', /unknown, because nothing says/],
  ])('is, by %o, %s there, and is not touched here', (change, state, why) => {
    const standing = worktreeStanding({ ...ORPHAN, owner: SHOP, listed: false, ...change });
    expect(standing.kind).toBe('foreign');
    expect(stateOf(standing)).toBe(state);
    expect(standing.why).toMatch(why);
    expect(mayPrune(standing, 5, { named: true, older_than_ms: null }).kind).toBe('no');
  });
});
