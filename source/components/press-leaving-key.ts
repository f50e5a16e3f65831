/**
 * What is asked before the run is ended or the screen left: `abort` whether the run is to be aborted, `quit` how it is
 * to end, `leave` what is to become of one that goes on in another process.
 */
export type LeavingDialog = 'abort' | 'quit' | 'leave';

/** `left`: nothing is asked of the run; `at_once`: what still works is ended without waiting. */
export type Leaving = 'left' | 'at_once';

/** What an answer stands for; `stay`: nothing is done. */
export type LeavingAnswer = 'abort' | 'drain' | 'detach' | 'stay';

const ANSWERS: Readonly<Record<LeavingDialog, ReadonlyMap<string, LeavingAnswer>>> = {
  abort: new Map<string, LeavingAnswer>([
    ['y', 'abort'],
    ['Y', 'abort'],
    ['ctrl-c', 'abort'],
  ]),
  quit: new Map<string, LeavingAnswer>([
    ['d', 'drain'],
    ['a', 'abort'],
    ['ctrl-c', 'abort'],
  ]),
  // Leaving is what cannot hurt, so a second Ctrl-C does that.
  leave: new Map<string, LeavingAnswer>([
    ['d', 'detach'],
    ['ctrl-c', 'detach'],
    ['f', 'drain'],
    ['a', 'abort'],
  ]),
};

const STAY: ReadonlySet<string> = new Set(['n', 'N', 'q', 'escape']);

const CHOICES: Readonly<Record<LeavingDialog, string>> = {
  abort: 'y aborts the run, n lets it go on',
  quit: 'd lets the run finish, a aborts it, Esc goes back',
  leave: 'd leaves the screen, f lets the run finish, a aborts it, n goes back',
};

/** What a key answers; for one that answers nothing, which keys do. Pure. */
export function pressLeavingKey(
  dialog: LeavingDialog,
  key: string,
): LeavingAnswer | { readonly choices: string } {
  return ANSWERS[dialog].get(key) ?? (STAY.has(key) ? 'stay' : { choices: CHOICES[dialog] });
}
