import { plainText } from '../engine/plain-text.js';
import { Refusal } from './command.js';

/**
 * Holds what stands beside a command's flags against what it takes, in order: `<id>` must be given, `[run-id]` may
 * be, `<id>...` any number of times. Throws a {@link Refusal} of one line when there are too few or too many. Pure.
 */
export function checkOperands(operands: readonly string[], names: readonly string[]): void {
  const required = names.filter((name) => name.startsWith('<'));
  const missing = required.slice(operands.length);
  if (missing.length > 0) {
    const verb = missing.length > 1 ? 'are' : 'is';
    throw new Refusal(`${missing.join(' and ')} ${verb} missing. --help tells more.`);
  }
  const extra = operands[names.length];
  if (extra === undefined || names.at(-1)?.endsWith('...')) return;
  const hint = names.length === 0 ? '--help tells what there is.' : 'Text with blanks goes in quotes.';
  throw new Refusal(`"${plainText(extra)}" is one argument too many. ${hint}`);
}
