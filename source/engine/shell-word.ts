/** A text as one word of a POSIX shell's command line, as it is where it may stand so. Pure. */
export function shellWord(text: string): string {
  return /^[\w./@:+,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
