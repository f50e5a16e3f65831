import { plainText } from '../../engine/plain-text.js';
import { type TaskId, taskIdSchema } from '../../engine/ids.js';
import { Refusal } from '../command.js';

/** Reads an id from the command line. Throws a {@link Refusal} when it cannot be one. */
export function parseTaskId(text: string | undefined): TaskId {
  const id = taskIdSchema.safeParse(text);
  if (!id.success)
    throw new Refusal(`"${plainText(text ?? '')}" is not a task id. \`hew task list\` shows them.`);
  return id.data;
}

/** The words of a flag that may be given several times, or once with commas between them. Pure. */
export function commaSeparated(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
