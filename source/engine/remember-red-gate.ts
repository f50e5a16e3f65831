import type { Attempt } from './attempt.js';
import type { AttemptEnd } from './outcome.js';
import { QueueError } from './ports.js';
import type { RunContext } from './run-context.js';

/** What such a word begins with. */
export const RED_GATE_STATUS = 'STATUS:loop-iter-failed:';

/** Leaves word in the queue's memory of an attempt whose gate was red: what reads it there knows of no journal. */
export async function rememberRedGate(context: RunContext, attempt: Attempt, end: AttemptEnd): Promise<void> {
  if (end !== 'gate_red' && end !== 'merged_gate_red') return;
  const time = context.clock.now().toISOString();
  const text = `${RED_GATE_STATUS}${context.run}:${attempt.iteration}:${time}`;
  try {
    // The text is its own key: one made from its first words would be the same for every attempt of a run.
    await context.queue.remember(text, text);
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    const notice = `the red gate of ${attempt.task.id} could not be remembered: ${error.message}`;
    context.events.note({ type: 'notice', level: 'warning', text: notice });
  }
}
