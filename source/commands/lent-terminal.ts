import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import type { Suspend, Visit } from '../components/visit.js';
import { visitWorktree } from './visit-worktree.js';

/** What a program that was killed may have left switched on: margins, colours, character sets, key modes, mouse, paste. */
const RESET =
  '\u001B7\u001B[r\u001B8\u001B[0m\u001B(B\u000F\u001B[?7h\u001B[?1l\u001B>' +
  '\u001B[?1000l\u001B[?1002l\u001B[?1003l\u001B[?1004l\u001B[?1006l\u001B[?2004l\r';

/** The terminal of a screen, which a program of the person's may have for a while. */
export class LentTerminal {
  readonly #streams: Pick<NodeJS.Process, 'stdin' | 'stdout'>;
  #lent: Promise<string> | null = null;

  constructor(streams: Pick<NodeJS.Process, 'stdin' | 'stdout'>) {
    this.#streams = streams;
  }

  get isLent(): boolean {
    return this.#lent !== null;
  }

  /** Resolves when the screen has the terminal. */
  async free(): Promise<void> {
    await this.#lent?.catch(() => undefined);
  }

  /** Lends it to a program in a worktree, and resolves with what is to be said of that. */
  async lend(visit: Visit, suspend: Suspend): Promise<string> {
    if (this.#lent !== null) return 'another program has the terminal';
    const lent = this.#visit(visit, suspend);
    this.#lent = lent;
    try {
      return await lent;
    } finally {
      this.#lent = null;
    }
  }

  async #visit(visit: Visit, suspend: Suspend): Promise<string> {
    let told = '';
    await suspend(async () => {
      const { stdin, stdout } = this.#streams;
      // Ink only stops listening: Node would still take what is typed, and pauses what has no listener at the next turns.
      await turn();
      stdin.pause();
      await turn();
      // Ctrl-\ goes to all that are in the terminal's foreground.
      process.on('SIGQUIT', staysAlive);
      try {
        told = await visitWorktree(visit);
      } finally {
        process.off('SIGQUIT', staysAlive);
      }
      stdout.write(RESET);
      // A program with a foreground of its own has had the signal that tells the size.
      process.emit('SIGWINCH', 'SIGWINCH');
    });
    return told;
  }
}

/** A handler that does nothing: having one keeps the signal from ending the process. */
function staysAlive(): void {}
