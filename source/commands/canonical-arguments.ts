import { nearestName } from '../engine/nearest-name.js';
import { plainText } from '../engine/plain-text.js';
import { Refusal } from './command.js';
import { type Flag, type Flags, longName } from './flag.js';

/** Looks like a flag: a dash or two and a word. A dash alone, `-5` and text with blanks (`- item`) do not. */
const FLAG = /^--?[A-Za-z][\w-]*(=.*)?$/s;

/** Begins with a dash and is no flag all the same: a negative number, or words after the dash. */
const PROSE = /^-[\d\s]|^--[^=\s]*\s/;

interface KnownFlag extends Flag {
  /** With its dashes. */
  readonly name: string;
}

/**
 * The arguments of a command in the one form that meow reads without guessing: every flag as `--long-name="value"`
 * (meow takes one pair of quotes off), `--switch` or `--no-switch`, then `--`, then the operands as they are. Throws a
 * {@link Refusal} for a flag that is unknown, lacks its value or is given twice though it is no list. Pure.
 */
export function canonicalArguments(argv: readonly string[], flags: Flags): readonly string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const rest = argv.slice(0, end);
  const reader = new ArgumentReader(rest, flags);
  const operands: string[] = [];
  while (rest.length > 0) {
    const text = rest.shift() ?? '';
    if (!text.startsWith('-') || text === '-' || PROSE.test(text)) operands.push(text);
    else if (text.startsWith('--')) reader.readLong(text);
    else reader.readShort(text);
  }
  return [...reader.flags, '--', ...operands, ...argv.slice(end + 1)];
}

class ArgumentReader {
  readonly flags: string[] = [];
  readonly #rest: string[];
  readonly #known = new Map<string, KnownFlag>();
  readonly #seen = new Set<string>();

  /** Takes values off the front of `rest`. */
  constructor(rest: string[], flags: Flags) {
    this.#rest = rest;
    for (const [key, flag] of Object.entries(flags)) {
      const name = longName(key);
      const names = [name, ...(flag.aliases ?? []).map((alias) => `--${alias}`)];
      if (flag.shortFlag !== undefined) names.push(`-${flag.shortFlag}`);
      for (const each of names) this.#known.set(each, { ...flag, name });
    }
  }

  /** `--name value`, `--name=value`, `--switch` or `--no-switch`. */
  readLong(text: string): void {
    const [, written = text, given] = /^(--[^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    const flag = this.#known.get(written);
    if (flag && flag.type !== 'boolean') return this.#value(flag, given ?? this.#next(written));
    const off = this.#known.get(written.replace(/^--no-/, '--'));
    const turned = flag ?? off;
    if (turned?.type !== 'boolean') throw this.#unknown(written);
    if (given !== undefined) throw new Refusal(`${written} takes no value: write ${written} alone.`);
    this.#add(turned, flag ? turned.name : turned.name.replace(/^--/, '--no-'));
  }

  /** `-d text`, `-dtext`, `-d=text`, or several switches in one. */
  readShort(text: string): void {
    for (let at = 1; at < text.length; at += 1) {
      const written = `-${text[at]}`;
      const flag = this.#known.get(written);
      if (!flag) throw this.#unknown(at === 1 ? text : written);
      if (flag.type === 'boolean') {
        this.#add(flag, flag.name);
        continue;
      }
      const attached = text.slice(at + 1);
      return this.#value(flag, attached === '' ? this.#next(written) : attached.replace(/^=/, ''));
    }
  }

  #value(flag: KnownFlag, value: string): void {
    this.#add(flag, `${flag.name}="${value}"`);
  }

  #add(flag: KnownFlag, argument: string): void {
    if (this.#seen.has(flag.name) && !flag.isMultiple) throw new Refusal(`${flag.name} is given twice.`);
    this.#seen.add(flag.name);
    this.flags.push(argument);
  }

  /** The next argument as a value, unless it looks like the next flag. */
  #next(written: string): string {
    const next = this.#rest.shift();
    if (next === undefined) throw new Refusal(`${written} lacks its value.`);
    if (!FLAG.test(next)) return next;
    throw new Refusal(
      `${written} lacks its value. If ${plainText(next)} is the value: ${plainText(`${written}=${next}`)}`,
    );
  }

  #unknown(written: string): Refusal {
    const names = [...this.#known].flatMap(([name, { type }]) =>
      type === 'boolean' ? [name, name.replace(/^--/, '--no-')] : [name],
    );
    // As somebody may have written it: one dash too few, underscores, camel case.
    const meant = nearestName(
      longName(written.replace(/^-+/, '').replaceAll('_', '-')).slice(2),
      names.filter((name) => name.startsWith('--')).map((name) => name.slice(2)),
    );
    const hint = meant === null ? '--help lists the flags.' : `Did you mean --${meant}?`;
    return new Refusal(`there is no flag ${plainText(written)}. ${hint}`);
  }
}
