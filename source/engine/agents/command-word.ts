/** The word of a shell's command line that names the program. */
export interface CommandWord {
  /** Without its quotes. */
  readonly word: string;
  /** Where it stands in the line, quotes included: from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
}

/** White space and `NAME=value` before the program's name; a value may be quoted. */
const BEFORE = /^\s*(?:[A-Za-z_]\w*=(?:[^\s"'\\;&|<>()$`]|\\.|'[^']*'|"(?:[^"\\$`]|\\.)*")*\s+)*/s;
/** A word without anything that a shell would expand. */
const WORD = /^(?:[^\s"'\\;&|<>()$`*?[\]{}~#!]|\\.|'[^']*'|"(?:[^"\\$`]|\\.)*")+(?=[\s;&|<>()]|$)/s;

/** Finds the program's name in a command line for `sh`; null where only a shell could tell what it is. Pure. */
export function commandWord(command: string): CommandWord | null {
  const start = BEFORE.exec(command)?.[0].length ?? 0;
  const quoted = WORD.exec(command.slice(start))?.[0];
  if (quoted === undefined) return null;
  const word = quoted.replaceAll(
    /\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gs,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? (double ?? '').replaceAll(/\\(["\\$`])/g, '$1'),
  );
  return word === '' ? null : { word, start, end: start + quoted.length };
}
