import process from 'node:process';
import { App } from '../components/app.js';
import type { Leaving } from '../components/press-leaving-key.js';
import { drawScreen } from '../components/draw-screen.js';
import type { TellStory } from '../components/use-summary.js';
import { type Theme, ThemeContext } from '../components/theme.js';
import type { ScreenData } from '../components/screen-data.js';
import type { Suspend, Visit } from '../components/visit.js';
import { clipboardSequence } from '../components/clipboard-sequence.js';
import type { Control } from '../engine/controls.js';
import type { WorktreeSource } from '../engine/prune/seen-worktrees.js';
import type { TranscriptSource } from '../engine/transcript/transcript.js';
import { LentTerminal } from './lent-terminal.js';
import { editorOf } from './visit-worktree.js';

/** Why a screen is not there any more. */
export type ScreenEnd =
  /** The summary was read, or the user has left a run that goes on. */
  | { readonly kind: 'left' }
  /** The run is to be left without waiting for what still works. */
  | { readonly kind: 'at_once' }
  /** It was taken away by {@link Screen.close}. */
  | { readonly kind: 'closed' }
  /** The terminal has gone, or the screen could not be drawn. */
  | { readonly kind: 'lost'; readonly error: unknown };

/** The terminal while the screen has it. */
export interface Screen extends Disposable {
  readonly gone: Promise<ScreenEnd>;
  /** Rings the terminal's bell while the screen is there. */
  readonly ring: () => void;
  /** A program of the person's has the terminal just now, and whatever is typed. */
  readonly isLent: () => boolean;
  /** Gives the terminal back as it was, as soon as no other program has it. */
  close(): void;
  /** The terminal has gone: nobody is waited for. */
  drop(): void;
}

/** What a screen shows and whom it asks. */
export interface ScreenOptions {
  readonly pull: (columns: number) => ScreenData;
  readonly control: (control: Control) => void;
  readonly transcripts: TranscriptSource;
  readonly worktrees: WorktreeSource;
  readonly story: TellStory;
  readonly theme: Theme;
  /** The run goes on in another process, so that the screen may be left. */
  readonly attached?: boolean;
}

/** Whether there is a terminal that a screen can be drawn on. */
export function hasScreen(): boolean {
  const { CI: ci = '', TERM: term } = process.env;
  const unattended = !['', '0', 'false'].includes(ci);
  return process.stdin.isTTY && process.stdout.isTTY && !unattended && term !== 'dumb';
}

/** Draws the screen in the terminal's alternate buffer. Whatever ends the process, the terminal is given back. */
export function openScreen({ theme, ...options }: ScreenOptions): Screen {
  const { stdin, stdout } = process;
  const { promise: gone, resolve } = Promise.withResolvers<ScreenEnd>();
  const leave = (how: Leaving): void => end({ kind: how });
  const copy = (text: string): boolean => {
    const sequence = clipboardSequence(text);
    if (sequence !== null) stdout.write(sequence);
    return sequence !== null;
  };
  const terminal = new LentTerminal({ stdin, stdout });
  const visits = {
    hasEditor: editorOf(process.env) !== null,
    open: (visit: Visit, suspend: Suspend): Promise<string> => {
      const { worker, program } = visit;
      if (!terminal.isLent) options.control({ type: 'visitWorktree', worker, program });
      return terminal.lend(visit, suspend);
    },
  };
  const drawn = drawScreen({ stdin, stdout }, (size) => (
    <ThemeContext value={theme}>
      <App {...size} {...options} copy={copy} visits={visits} onLeave={leave} />
    </ThemeContext>
  ));
  const takeBack = (): void => {
    if (terminal.isLent) return;
    // The shell has had the terminal while hew was stopped.
    stdin.setRawMode(true);
    drawn.redraw();
  };
  process.on('SIGCONT', takeBack);
  const sizeNow = (): string => `${stdout.columns} ${stdout.rows}`;
  let size = sizeNow();
  // Node tells nothing of a size that was another one in between, by which the terminal has lost what was on it.
  const drawAgain = (): void => {
    if (size === sizeNow()) drawn.redraw();
    size = sizeNow();
  };
  process.on('SIGWINCH', drawAgain);

  let open = true;
  function end(why: ScreenEnd): void {
    if (!open) return;
    open = false;
    process.off('SIGCONT', takeBack);
    process.off('SIGWINCH', drawAgain);
    drawn.unmount();
    resolve(why);
  }
  // These stay: a terminal that has gone fails again whenever it is written to, and the run goes on without it.
  const lose = (error: unknown): void => end({ kind: 'lost', error });
  stdin.on('error', lose);
  stdin.on('end', () => lose(new Error('the terminal has gone')));
  stdout.on('error', lose);
  process.stderr.on('error', lose);
  drawn.ended.then(() => lose(new Error('the screen has ended by itself')), lose);

  const drop = (): void => end({ kind: 'closed' });
  const close = (): void => {
    if (terminal.isLent) void terminal.free().then(drop);
    else drop();
  };
  const ring = (): void => {
    if (open) stdout.write('\u0007');
  };
  return { gone, ring, isLent: () => terminal.isLent, close, drop, [Symbol.dispose]: drop };
}
