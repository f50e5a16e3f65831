import type { Task } from './ports.js';

/** Which model a task is worked on with, where the task itself does not say. */
export interface ModelRules {
  /** By `P0` to `P4`. */
  readonly by_priority: Readonly<Record<string, string | undefined>>;
  readonly by_type: Readonly<Record<string, string | undefined>>;
  /** Null where the choice is left to the runtime. */
  readonly default: string | null;
}

/** What of a task its model is chosen by. */
export type ModelFacts = Pick<Task, 'description' | 'labels' | 'priority' | 'issue_type'>;

const COMMENT = /<!--\s*hew:model=(\S+?)\s*-->/;
const LABEL = /^model:(.+)$/;
/** A task's text is anybody's: nothing of it may be taken for a flag, and no name of a model has other characters. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:/@[\]-]{0,127}$/;

/**
 * The model that a task is to be worked on with: the comment `<!-- hew:model=X -->` in its description, then its label
 * `model:X`, then the rule for its priority, then that for its type, then the default. Null where the runtime chooses.
 * What is no name of a model is passed over. Pure.
 */
export function modelFor(task: ModelFacts, rules: ModelRules): string | null {
  const label = task.labels.flatMap((each) => LABEL.exec(each)?.[1] ?? []);
  const told = [COMMENT.exec(task.description)?.[1], ...label].find(
    (name) => name !== undefined && NAME.test(name),
  );
  return (
    told ??
    ruleFor(rules.by_priority, `P${task.priority}`) ??
    ruleFor(rules.by_type, task.issue_type) ??
    rules.default
  );
}

function ruleFor(rules: ModelRules['by_type'], name: string): string | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined;
}
