import { controlAnswer, ENDING } from '../engine/control-answer.js';
import type { Control } from '../engine/controls.js';
import type { TaskId } from '../engine/ids.js';
import type { Fate } from '../engine/outcome.js';
import { taskInSlot } from '../engine/reduce-control.js';
import type { RunState } from '../engine/state.js';
import { pauseOrResume, pauseOrResumeAll } from './press-pausing-key.js';
import { cannot, type Question, type Steered, tell } from './steered.js';

/** What a key does to the selected slot, its task or the whole run; null when it does not steer. Pure. */
export function pressSteeringKey(state: RunState, slot: number, key: string): Steered | null {
  switch (key) {
    case 'p':
      return pauseOrResume(state, slot);
    case 'P':
      return pauseOrResumeAll(state);
    case 'x':
      return askOfTask(state, slot, key, (task) => ({ type: 'abortSlot', slot, task }));
    case 's':
      return askOfTask(state, slot, key, (task) => ({ type: 'skipTask', task }));
    case 'r':
      return retry(state, slot, key);
    case '+':
      return changeSlots(state, { type: 'addSlot' }, key);
    case '-':
      return changeSlots(state, { type: 'removeSlot' }, key);
    case 'D':
      return askToDrain(state, key);
    default:
      return null;
  }
}

/** What an answer to a question leads to; null when the key is no answer. Pure. */
export function answerQuestion(
  state: RunState,
  question: Question,
  key: string,
): Steered | 'taken back' | null {
  switch (key) {
    case 'y':
    case 'Y':
      return agree(state, question);
    case 'n':
    case 'N':
    case 'q':
    case 'escape':
      return 'taken back';
    default:
      return null;
  }
}

function agree(state: RunState, question: Question): Steered {
  if (question.type !== 'abortSlot') return follow(state, question);
  const { type, slot, task } = question;
  // The slot may have gone on to another task while the question stood.
  if (taskInSlot(state, slot) === task) return follow(state, { type, slot });
  return tell(`slot ${slot} works on ${task} no more: nothing is aborted`);
}

/** No further iteration begins, if that can be asked for. Pure. */
export function drain(state: RunState): Steered {
  return follow(state, { type: 'drainRun' });
}

/** Asks something of the run, or says why it cannot be done now. */
function follow(state: RunState, control: Control): Steered {
  const { ok, text } = controlAnswer(state, control);
  return tell(text, ok ? [control] : []);
}

function changeSlots(state: RunState, control: Control, key: string): Steered {
  const { ok, text } = controlAnswer(state, control);
  return ok ? tell(text, [control]) : cannot(key, text);
}

function askOfTask(
  state: RunState,
  slot: number,
  key: string,
  questionOf: (task: TaskId) => Question,
): Steered {
  if (state.stopping === 'cancelled') return cannot(key, 'the run is being aborted');
  const task = taskInSlot(state, slot);
  if (task === null) return cannot(key, `slot ${slot} works on nothing just now`);
  return { kind: 'ask', question: questionOf(task) };
}

function askToDrain(state: RunState, key: string): Steered {
  const question = { type: 'drainRun' } as const;
  const { ok, text } = controlAnswer(state, question);
  return ok ? { kind: 'ask', question } : cannot(key, text);
}

function retry(state: RunState, slot: number, key: string): Steered {
  if (state.stopping) return cannot(key, ENDING);
  const task = lastToRetry(state, slot);
  if (task === null) return cannot(key, `slot ${slot} has ended no task that could be tried again`);
  return follow(state, { type: 'retryTask', task });
}

/** The task that the slot has worked on last of those that are not done and that nobody works on. */
function lastToRetry(state: RunState, number: number): TaskId | null {
  const slot = state.slots.find((each) => each.slot === number);
  const worked = [slot?.last?.task, ...(slot?.spans ?? []).toReversed().map(({ task }) => task)];
  const isOpen = (task: TaskId): boolean => {
    const isLeft = state.wishes.get(task) === 'skip' || LEFT.has(state.tasks.get(task)?.fate ?? null);
    return isLeft && controlAnswer(state, { type: 'retryTask', task }).ok;
  };
  return worked.find((task) => task && isOpen(task)) ?? null;
}

const LEFT: ReadonlySet<Fate | null> = new Set<Fate>(['failed', 'stranded', 'open again']);
