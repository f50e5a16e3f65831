import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommittedWork,
  conflictAheadSchema,
  conflictsAhead,
  mayConflict,
  mergedSince,
  trialMerges,
  type TriedMerge,
  workAhead,
} from '../../source/engine/conflicts-ahead.js';
import { type Sha, shaSchema, taskIdSchema } from '../../source/engine/ids.js';
import { attempt, type ExampleBody, exampleSha, exampleState, started, worker } from '../example-run.js';

const SHAS = ['a', 'b', 'c', 'd'].map((digit): Sha => shaSchema.parse(exampleSha(digit)));
const sha = fc.constantFrom(...SHAS);
const paths = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 3 })
  .map((each) => new Set(each));

/** Work of up to six workers, something of it committed. */
const work = fc
  .array(fc.record({ base: sha, tip: sha, files: paths, is_running: fc.boolean() }), { maxLength: 6 })
  .map((each) =>
    each
      .map((each, index): CommittedWork => {
        const task = taskIdSchema.parse(`app-${index}`);
        return { slot: index + 1, worker: index + 10, task, path: `/wt/${index}`, ...each };
      })
      .filter(({ base, tip }) => base !== tip),
  );

/** A run whose trunk went through the commits in turn, each of which changed some files. */
const run = fc.array(fc.record({ files: paths, sha }), { maxLength: 4 }).map((steps) =>
  exampleState([
    started({ starting_sha: SHAS[0] }),
    ...steps.flatMap(({ files, sha }) => {
      const step = { slot: 1, worker: 0, task: 'app-1', attempt: 1, iteration: 1 };
      const outcome = 'merged';
      return [{ type: 'merge.finished' as const, ...step, outcome, sha, files: [...files] }];
    }),
  ]),
);

function haveSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((path) => other.has(path));
}

const NOW = '2026-11-22T10:20:00.000Z';

describe('trialMerges', () => {
  it('compares each two that change the same once, and each with a trunk that has, or may have', () => {
    fc.assert(
      fc.property(work, run, (committed, state) => {
        const merges = trialMerges(committed, state);
        const names = merges.map(({ one, other }) => `${one.worker} ${other?.worker}`);
        const pairs = committed.flatMap((one, index) =>
          committed
            .slice(index + 1)
            .filter((other) => one.is_running || other.is_running)
            .filter((other) => other.tip !== one.tip && haveSame(one.files, other.files))
            .map((other) => `${one.worker} ${other.worker}`),
        );
        const behind = committed
          .filter(({ base, is_running }) => is_running && base !== state.trunk)
          .filter(({ base, files }) => {
            const merged = mergedSince(state, base);
            return merged === null || haveSame(files, merged);
          })
          .map(({ worker }) => `${worker} undefined`);
        expect([...names].sort()).toEqual([...pairs, ...behind].sort());
        const tips = new Map(committed.map(({ worker, tip }) => [worker, tip]));
        for (const { one, other, ours, theirs } of merges) {
          expect(tips.get((other ?? one).worker)).toBe(theirs);
          expect(ours).toBe(other ? tips.get(one.worker) : state.trunk);
        }
      }),
    );
  });

  it('has nothing to compare where nothing can be in conflict', () => {
    fc.assert(
      fc.property(work, run, (committed, state) => {
        if (mayConflict(committed, state.trunk)) return;
        expect(trialMerges(committed, state)).toEqual([]);
      }),
    );
  });
});

describe('mergedSince', () => {
  it('is what was merged after that commit, where all of it is known', () => {
    const merge = (sha: string, ...files: readonly string[]): ExampleBody => {
      const step = { slot: 1, worker: 0, task: 'app-1', attempt: 1, iteration: 1 };
      return { type: 'merge.finished', ...step, outcome: 'merged', sha: exampleSha(sha), files };
    };
    const before = [started(), merge('a', 'one', 'two'), merge('b', 'two', 'three')];
    const since = (sha: string, ...more: readonly ExampleBody[]): ReadonlySet<string> | null =>
      mergedSince(exampleState([...before, ...more]), shaSchema.parse(exampleSha(sha)));
    expect(since('4be1c09')).toEqual(new Set(['one', 'two', 'three']));
    expect(since('a')).toEqual(new Set(['two', 'three']));
    expect(since('b')).toEqual(new Set());
    expect(since('c')).toBeNull();
    const caughtUp = { type: 'trunk.caught_up', sha: exampleSha('d'), tip: exampleSha('e') } as const;
    expect(since('a', caughtUp)).toBeNull();
    expect(since('d', caughtUp, merge('f', 'four'))).toEqual(new Set(['four']));
  });
});

describe('conflictsAhead', () => {
  const files = fc.option(
    fc.uniqueArray(fc.constantFrom(...Array.from('abcdefghijklmnop')), { maxLength: 12 }),
  );
  const tried = fc.tuple(work, run).chain(([committed, state]) => {
    const merges = trialMerges(committed, state);
    return fc.tuple(...merges.map((merge) => files.map((found): TriedMerge => ({ ...merge, files: found }))));
  });

  it('tells nothing of what is clean, no file twice of a worker with trunk and another, and only so many', () => {
    fc.assert(
      fc.property(tried, (merges) => {
        const told = conflictsAhead(merges, [], NOW);
        for (const conflict of told) {
          expect(conflictAheadSchema.parse(conflict)).toEqual(conflict);
          const { one, other } = conflict;
          const same = (each: TriedMerge): boolean =>
            each.one.worker === one.worker && each.other?.worker === other?.worker;
          const found = merges.find(same)?.files ?? null;
          expect(found).not.toBeNull();
          const withTrunk = merges
            .filter((each) => other !== null && each.other === null)
            .filter((each) => [one.worker, other?.worker].includes(each.one.worker))
            .flatMap((each) => each.files ?? []);
          const own = found?.filter((file) => !withTrunk.includes(file)) ?? [];
          expect(conflict.files).toEqual(own.slice(0, 8));
          expect(conflict.unlisted).toBe(own.length - conflict.files.length);
        }
        const withTrunk = merges.filter(({ other, files }) => other === null && files !== null);
        expect(told.filter(({ other }) => other === null)).toHaveLength(withTrunk.length);
      }),
    );
  });

  it('keeps since when it is known', () => {
    fc.assert(
      fc.property(tried, (merges) => {
        const told = conflictsAhead(merges, [], NOW);
        expect(conflictsAhead(merges, told, '2026-11-22T11:00:00.000Z')).toEqual(told);
      }),
    );
  });
});

describe('workAhead', () => {
  const place = { slot: 1, worker: 0, task: 'app-1' };
  const [claimed, begun, ...rest] = attempt('app-1', { end: 'merged', fate: 'merged' });
  const before = [started(), worker(0), worker(1)];

  it('is what a slot works on, until it is merged', () => {
    if (!claimed || !begun) throw new Error('internal: the example has changed');
    expect(workAhead(exampleState([...before, claimed]))).toEqual([]);
    const [own] = workAhead(exampleState([...before, claimed, begun]));
    expect(own).toMatchObject({ ...place, base: exampleSha('4be1c09'), is_running: true });
    const end = rest.findIndex(({ type }) => type === 'merge.finished');
    expect(workAhead(exampleState([...before, claimed, begun, ...rest.slice(0, end)]))).toMatchObject([
      { ...place, is_running: false },
    ]);
    expect(workAhead(exampleState([...before, claimed, begun, ...rest.slice(0, end + 1)]))).toEqual([]);
    expect(workAhead(exampleState([...before, claimed, begun, ...rest]))).toEqual([]);
  });
});
