/** What a subcommand answers with: see docs/loop.md for what each number means. */
export type ExitCode = number;

/** One subcommand: its arguments are what follows its name. It prints by itself and never ends the process. */
export type Command = (argv: readonly string[]) => Promise<ExitCode>;

/** Wrong usage or a refused start: printed as one or two lines, without a stack, and the program ends with 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
