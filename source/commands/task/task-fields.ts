import process from 'node:process';
import { text } from 'node:stream/consumers';
import { plainText } from '../../engine/plain-text.js';
import { Refusal } from '../command.js';
import type { FlagValues } from '../parse-flags.js';

/** The flags of what a task says, the same for a new one and for a change. */
export const FIELD_FLAGS = {
  description: { type: 'string', shortFlag: 'd' },
  acceptance: { type: 'string' },
  priority: { type: 'string', shortFlag: 'p', choices: ['0', '1', '2', '3', '4'] },
  type: { type: 'string', shortFlag: 't' },
} as const;

/** The fields that these flags set; what is left out was not given. */
export interface GivenFields {
  readonly description?: string;
  readonly acceptance_criteria?: string;
  readonly priority?: number;
  readonly issue_type?: string;
}

/** Reads the fields from the flags; a description of `-` is read from stdin. Throws a {@link Refusal}. */
export async function givenFields(flags: FlagValues<typeof FIELD_FLAGS>): Promise<GivenFields> {
  const { description, acceptance, priority, type } = flags;
  return {
    ...(type === undefined ? {} : { issue_type: checkedType(type) }),
    ...(priority === undefined ? {} : { priority: Number(priority) }),
    ...(acceptance === undefined ? {} : { acceptance_criteria: acceptance }),
    ...(description === undefined
      ? {}
      : { description: description === '-' ? await textOfStdin() : description }),
  };
}

/** A title: one line, not empty. Throws a {@link Refusal}. Pure. */
export function checkedTitle(title: string | undefined): string {
  const line = plainText(title ?? '').trim();
  if (line === '') throw new Refusal('the title is empty.');
  return line;
}

async function textOfStdin(): Promise<string> {
  return (await text(process.stdin)).trimEnd();
}

function checkedType(type: string): string {
  if (/^[a-z][a-z0-9_-]*$/.test(type)) return type;
  throw new Refusal(
    `--type must be one word such as task, bug, feature, chore or epic, not "${plainText(type)}".`,
  );
}
