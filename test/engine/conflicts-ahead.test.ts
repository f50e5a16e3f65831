import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  conflictAheadSchema,
  conflictsAhead,
  mayConflict,
  trialMerges,
  type TriedMerge,
  type WorkAhead,
  workAhead,
} from '../../source/engine/conflicts-ahead.js';
import { type Sha, shaSchema, taskIdSchema } from '../../source/engine/ids.js';
import { attempt, exampleSha, exampleState, started, worker } from '../example-run.js';

const sha = fc.constantFrom('a', 'b', 'c', 'd').map((digit): Sha => shaSchema.parse(exampleSha(digit)));

const work = fc
  .array(fc.record({ base: sha, tip: fc.option(sha) }), { maxLength: 6 })
  .map((each) => each.map(({ base, tip }, index) => ({ tip, work: workOf(index, base) })));

function workOf(index: number, base: Sha): WorkAhead {
  const task = taskIdSchema.parse(`app-${index}`);
  return { slot: index + 1, worker: index + 10, task, path: `/wt/${index}`, base };
}

type Work = readonly { readonly work: WorkAhead; readonly tip: Sha | null }[];

function tipsOf(each: Work): ReadonlyMap<number, Sha> {
  return new Map(each.flatMap(({ work, tip }) => (tip === null ? [] : [[work.worker, tip]])));
}

const NOW = '2026-11-22T10:20:00.000Z';

describe('trialMerges', () => {
  it('compares each two that have committed something once, and each with a trunk that has moved on', () => {
    fc.assert(
      fc.property(work, sha, (each, trunk) => {
        const committed = each.filter(({ work, tip }) => tip !== null && tip !== work.base);
        const merges = trialMerges(
          each.map(({ work }) => work),
          tipsOf(each),
          trunk,
        );
        const names = merges.map(({ one, other }) => `${one.worker} ${other?.worker}`);
        expect(new Set(names).size).toBe(names.length);
        const pairs = committed.flatMap((one, index) =>
          committed.slice(index + 1).filter((other) => other.tip !== one.tip),
        );
        const behind = committed.filter(({ work }) => work.base !== trunk);
        expect(merges).toHaveLength(pairs.length + behind.length);
        for (const { one, other, ours, theirs } of merges) {
          expect(ours === trunk || other !== null).toBe(true);
          expect(other?.worker).not.toBe(one.worker);
          expect(tipsOf(each).get((other ?? one).worker)).toBe(theirs);
        }
      }),
    );
  });

  it('has nothing to compare where no tip need be known', () => {
    fc.assert(
      fc.property(work, sha, (each, trunk) => {
        const all = each.map(({ work }) => work);
        if (mayConflict(all, trunk)) return;
        expect(trialMerges(all, tipsOf(each), trunk)).toEqual([]);
      }),
    );
  });
});

describe('conflictsAhead', () => {
  const files = fc.option(
    fc.uniqueArray(fc.constantFrom(...Array.from('abcdefghijklmnop')), { maxLength: 12 }),
  );
  const tried = fc.tuple(work, sha).chain(([each, trunk]) => {
    const merges = trialMerges(
      each.map(({ work }) => work),
      tipsOf(each),
      trunk,
    );
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
    expect(own).toMatchObject({ ...place, base: exampleSha('4be1c09') });
    const end = rest.findIndex(({ type }) => type === 'merge.finished');
    expect(workAhead(exampleState([...before, claimed, begun, ...rest.slice(0, end)]))).toHaveLength(1);
    expect(workAhead(exampleState([...before, claimed, begun, ...rest.slice(0, end + 1)]))).toEqual([]);
    expect(workAhead(exampleState([...before, claimed, begun, ...rest]))).toEqual([]);
  });
});
