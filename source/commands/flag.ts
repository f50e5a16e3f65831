/** One flag of a command. Its key in the definitions is its name in camel case: `stopFile` is `--stop-file`. */
export interface Flag {
  /** A boolean takes no value and can be turned off: `gate` makes both `--gate` and `--no-gate`. */
  readonly type: 'string' | 'number' | 'boolean';
  /** One letter: `d` is `-d`. */
  readonly shortFlag?: string;
  /** Other long names, with dashes between words and none in front. */
  readonly aliases?: readonly string[];
  /** May be given any number of times; its value is a list. */
  readonly isMultiple?: boolean;
  /** The values that there are, where there are only some. */
  readonly choices?: readonly string[];
}

/** The flags of a command by key. */
export type Flags = Readonly<Record<string, Flag>>;

/** The long name of a flag: `stopFile` is `--stop-file`. Pure. */
export function longName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
