import { controlAnswer, ENDING } from '../engine/control-answer.js';
import { LIMIT_NAMES, type LimitName } from '../engine/raise-limits.js';
import { readLimit } from '../engine/read-limit.js';
import type { RunState } from '../engine/state.js';
import { cannot, type Steered, tell } from './steered.js';
import { typeKey } from './type-key.js';

/** A limit that is to be raised, and what is typed for it. */
export interface LimitDraft {
  readonly name: LimitName;
  readonly text: string;
}

/** What a key makes of the draft; `message` says why it is not sent yet. */
export interface TypedLimit {
  readonly draft: LimitDraft;
  readonly message: string | null;
}

/** Begins with the first limit that the run has, or says why none can be raised. Pure. */
export function beginRaising(state: RunState): TypedLimit | Steered {
  if (state.stopping) return cannot('b', ENDING);
  const [name] = limitsOf(state);
  if (name === undefined) return cannot('b', 'the run has no limit, it goes on until nothing is ready');
  return { draft: { name, text: '' }, message: null };
}

/** What a key makes of the draft: another limit, more or less of its text, or what is said and asked when it is done with. Pure. */
export function pressLimitKey(state: RunState, draft: LimitDraft, key: string): TypedLimit | Steered {
  const step = STEPS.get(key);
  if (step !== undefined)
    return { draft: { name: neighbourOf(state, draft.name, step), text: '' }, message: null };
  const typed = typeKey(draft.text, key);
  switch (typed.type) {
    case 'text':
      return { draft: { ...draft, text: typed.text }, message: null };
    case 'escape':
      return tell('no limit is raised');
    case 'enter':
      return send(state, draft);
  }
}

const STEPS: ReadonlyMap<string, number> = new Map([
  ['down', 1],
  ['tab', 1],
  ['up', -1],
  ['shift-tab', -1],
]);

function limitsOf({ run }: RunState): readonly LimitName[] {
  return LIMIT_NAMES.filter((name) => (run?.limits[name] ?? null) !== null);
}

function neighbourOf(state: RunState, name: LimitName, step: number): LimitName {
  const names = limitsOf(state);
  return names[(names.indexOf(name) + step + names.length) % names.length] ?? name;
}

function send(state: RunState, draft: LimitDraft): TypedLimit | Steered {
  if (draft.text.trim() === '') return { draft, message: 'type what it is to be, or Esc' };
  const read = readLimit(draft.name, draft.text);
  if ('problem' in read) return { draft, message: `${draft.text.trim()} ${read.problem}` };
  const control = { type: 'raiseLimits', limits: { [draft.name]: read.value } } as const;
  const { ok, text } = controlAnswer(state, control);
  return ok ? tell(text, [control]) : { draft, message: text };
}
