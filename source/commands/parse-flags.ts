import process from 'node:process';
import meow from 'meow';
import { plainText } from '../engine/plain-text.js';
import { canonicalArguments } from './canonical-arguments.js';
import { checkOperands } from './check-operands.js';
import { Refusal } from './command.js';
import { type Flag, type Flags, longName } from './flag.js';

interface ValueTypes {
  string: string;
  number: number;
  boolean: boolean;
}
type Value<F extends Flag> = ValueTypes[F['type']];
type Lists<F extends Flags> = {
  [Key in keyof F]: F[Key] extends { readonly isMultiple: true } ? Key : never;
}[keyof F];

/** The values of the flags by key. What was not given is left out; of a flag that makes a list there is an empty one. */
export type FlagValues<F extends Flags> = {
  readonly [Key in Lists<F>]: readonly Value<F[Key]>[];
} & {
  readonly [Key in Exclude<keyof F, Lists<F>>]?: Value<F[Key]>;
};

/** What a command line says. */
export type ParsedFlags<F extends Flags> =
  /** The help was asked for and has been printed: the command ends with 0. */
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly operands: readonly string[]; readonly flags: FlagValues<F> };

/** A command's arguments and what it takes. */
export interface ParseFlagsOptions<F extends Flags> {
  /** What follows the command's name. */
  readonly argv: readonly string[];
  /** The whole help, printed for `--help` and `-h`. */
  readonly help: string;
  readonly flags: F;
  /** What stands beside the flags, in order: `<id>`, `[run-id]` when it may be left out, `<id>...` for several. */
  readonly operands?: readonly string[];
}

/**
 * Reads a command's arguments with meow, and never ends the process. Throws a {@link Refusal} of one line for a flag
 * that is unknown, has no value or a wrong one, and for one that is given twice and makes no list: nobody can tell which was
 * meant. A number is any finite decimal one; its range is the caller's to check.
 */
export function parseFlags<const F extends Flags>(options: ParseFlagsOptions<F>): ParsedFlags<F> {
  const { argv, help, flags, operands = [] } = options;
  if (asksForHelp(argv)) {
    process.stdout.write(`${help.trim()}\n`);
    return { kind: 'help' };
  }
  const parsed = meow({
    importMeta: import.meta,
    // Without this, meow would look for a package.json and read it.
    pkg: { name: 'hew' },
    description: false,
    autoHelp: false,
    autoVersion: false,
    booleanDefault: undefined,
    argv: canonicalArguments(argv, flags),
    flags: Object.fromEntries(Object.entries(flags).map(([key, flag]) => [key, meowFlag(flag)])),
  });
  checkOperands(parsed.input, operands);
  const values = Object.entries(flags).flatMap(([key, flag]) => {
    const value: unknown = parsed.flags[key];
    return value === undefined ? [] : [[key, checkedValue(key, flag, value)] as const];
  });
  return { kind: 'run', operands: parsed.input, flags: Object.fromEntries(values) as FlagValues<F> };
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).some((text) => text === '--help' || text === '-h');
}

/** Numbers come as text: meow would make NaN of what is none. */
function meowFlag({ type, isMultiple = false }: Flag): { type: 'string' | 'boolean'; isMultiple: boolean } {
  return { type: type === 'boolean' ? 'boolean' : 'string', isMultiple };
}

function checkedValue(key: string, flag: Flag, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => checkedValue(key, flag, each));
  if (typeof value !== 'string') return value;
  if (flag.type === 'number') return checkedNumber(key, value);
  if (flag.choices && !flag.choices.includes(value)) {
    throw new Refusal(
      `${longName(key)} must be one of ${flag.choices.join(', ')}, not "${plainText(value)}".`,
    );
  }
  return value;
}

function checkedNumber(key: string, text: string): number {
  const number = Number(text);
  if (/^-?(\d+|\d*\.\d+)(e\d+)?$/i.test(text) && Number.isFinite(number)) return number;
  throw new Refusal(`${longName(key)} must be a number, not "${plainText(text)}".`);
}
