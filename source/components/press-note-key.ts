import { controlAnswer } from '../engine/control-answer.js';
import { controlSchema } from '../engine/controls.js';
import type { TaskId } from '../engine/ids.js';
import { taskInSlot } from '../engine/reduce-control.js';
import type { RunState } from '../engine/state.js';
import { cannot, type Steered, tell } from './steered.js';
import { typeKey } from './type-key.js';

/** A note that is being typed, for the task that the slot worked on when it was begun. */
export interface NoteDraft {
  readonly task: TaskId;
  readonly text: string;
}

/** A note for the task of a slot, or why none can be written. Pure. */
export function beginNote(state: RunState, slot: number): NoteDraft | Steered {
  if (state.stopping) return cannot('n', 'the run is ending, no prompt will follow');
  const task = taskInSlot(state, slot);
  return task === null ? cannot('n', `slot ${slot} works on nothing just now`) : { task, text: '' };
}

/** What a key makes of a note: more or less of it, or what is said and asked when it is done with. Pure. */
export function pressNoteKey(state: RunState, note: NoteDraft, key: string): NoteDraft | Steered {
  const typed = typeKey(note.text, key);
  switch (typed.type) {
    case 'text':
      return { ...note, text: typed.text };
    case 'escape':
      return tell('no note is sent');
    case 'enter':
      return send(state, note);
  }
}

function send(state: RunState, { task, text }: NoteDraft): Steered {
  if (text.trim() === '') return tell('nothing was typed, no note is sent');
  const control = controlSchema.safeParse({ type: 'noteTask', to: { task }, text }).data;
  if (!control) return tell('the note is longer than a prompt takes, it is not sent');
  const answer = controlAnswer(state, control);
  return tell(answer.text, answer.ok ? [control] : []);
}
