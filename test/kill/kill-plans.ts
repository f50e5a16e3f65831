import type { KillPlan } from './kill-and-resume.js';

/** What an undisturbed run of the twelve tasks has at least: appends to its journal, and effects on git and queue. */
export const APPENDS = 180;
export const EFFECTS = 100;
/** Milliseconds within which an undisturbed run ends. */
const MOMENTS = 8_000;
/** Until here a resume settles; beyond, it does what a run does. */
const SETTLING = 40;

type Random = (below: number) => number;

/** Numbers that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** So many plans: half of them kill the resume as well. */
export function samplePlans(seed: number, count: number): readonly KillPlan[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    const first = point(random, { appends: APPENDS, effects: EFFECTS, moments: MOMENTS });
    const again = { appends: SETTLING, effects: SETTLING, moments: 2_000 };
    return random(2) === 0 ? [first] : [first, point(random, again)];
  });
}

function point(
  random: Random,
  most: { readonly appends: number; readonly effects: number; readonly moments: number },
): string {
  switch (random(5)) {
    case 0:
      return `before ${1 + random(most.effects)}`;
    case 1:
      return `during ${1 + random(most.effects)}`;
    case 2:
      return `after ${1 + random(most.effects)}`;
    case 3:
      return `moment ${400 + random(most.moments)}`;
    default:
      return `append ${1 + random(most.appends)}`;
  }
}

/** Every append and every effect, one after the other, and as many random moments; every third is killed again. */
export function allPlans(seed: number): readonly KillPlan[] {
  const random = randomNumbers(seed);
  const each = (most: number, kind: string): string[] =>
    Array.from({ length: most }, (_, index) => `${kind} ${index + 1}`);
  const points = [
    ...each(APPENDS, 'append'),
    ...['before', 'during', 'after'].flatMap((kind) => each(EFFECTS, kind)),
    ...Array.from({ length: 60 }, () => `moment ${400 + random(MOMENTS)}`),
  ];
  const again = { appends: SETTLING, effects: SETTLING, moments: 2_000 };
  return points.map((first, index) => (index % 3 === 0 ? [first, point(random, again)] : [first]));
}
