import { QueueError } from './ports.js';

/** For the `catch` of a question that may stay without an answer: nothing where the queue cannot be used, else throws again. */
export function unlessQueueError(error: unknown): undefined {
  if (!(error instanceof QueueError)) throw error;
}
