import { DEMO_TASKS } from './demo-tasks.js';

/** What became of a task, as the run's summary tells it. */
export interface EndedTask {
  readonly id: string;
  readonly title: string;
  readonly fate: string | null;
  readonly tries: number;
  /** The task that was filed about its conflict. */
  readonly bug: string | null;
}

/** How a run of the demo went, beside what its script says. */
export type Verdict =
  | {
      readonly kind: 'as_scripted';
      readonly merged: string;
      readonly conflicted: string;
      readonly bug: string;
      /** The task whose first try the gate sent back. */
      readonly retried: string;
    }
  | { readonly kind: 'otherwise'; readonly problems: readonly string[] };

/**
 * Compares a run's end with the script: one of the two tasks that change the same line is merged and the other one in
 * conflict, one task is merged at its second try, and all others at their first. Pure.
 */
export function asScripted(tasks: readonly EndedTask[], landed: boolean): Verdict {
  const problems: string[] = landed ? [] : ['what was merged has not landed'];
  const rivals: EndedTask[] = [];
  let retried: EndedTask | undefined;
  for (const task of DEMO_TASKS) {
    const ended = tasks.find(({ title }) => title === task.title);
    if (ended === undefined) {
      problems.push(`"${task.title}" was not worked on`);
      continue;
    }
    if (task.mistake !== undefined) retried = ended;
    if (task.beside === undefined) problems.push(...unlike(ended, task.mistake === undefined ? 1 : 2));
    else rivals.push(ended);
  }
  const merged = rivals.find(({ fate }) => fate === 'merged');
  const conflicted = rivals.find(({ fate }) => fate === 'conflicted');
  if (rivals.length > 0 && (!merged || !conflicted)) {
    const fates = rivals.map(({ id, fate }) => `${id} is ${fate ?? 'in work'}`).join(' and ');
    problems.push(`one of the two greetings was to be merged and the other one in conflict, but ${fates}`);
  }
  if (problems.length > 0 || !merged || !conflicted || !retried) return { kind: 'otherwise', problems };
  return {
    kind: 'as_scripted',
    merged: merged.id,
    conflicted: conflicted.id,
    bug: conflicted.bug ?? conflicted.id,
    retried: retried.id,
  };
}

function unlike({ id, fate, tries }: EndedTask, expected: number): string[] {
  if (fate !== 'merged') return [`${id} was to be merged, but is ${fate ?? 'in work'}`];
  if (tries === expected) return [];
  return [`${id} was to be merged at try ${expected}, but took ${tries}`];
}
