import process from 'node:process';

/** What a program does when it is asked to end from outside. */
export interface EndSignals {
  /** INT or TERM. */
  readonly onEnd: () => void;
  /** INT once more after that; without an answer it is as the first. */
  readonly onEndAtOnce?: () => void;
  /** It has been asked to end before, so that the first INT counts as one more. */
  readonly isEnding?: boolean;
  /** Whether INT is meant for another program: the terminal sends Ctrl-C to all that are in its foreground. */
  readonly isElsewhere?: () => boolean;
  /** The terminal has gone; without an answer nothing happens. */
  readonly onHangUp?: () => void;
}

/** One Ctrl-C comes twice under a program that passes signals on, such as npx; nobody presses it again so soon. */
const SAME_INTERRUPT_MS = 500;

/** Takes the signals that would end the process, until it is disposed of. */
export function takeEndSignals(signals: EndSignals): Disposable {
  const { onEnd, onEndAtOnce = onEnd, isEnding = false, onHangUp = staysAlive } = signals;
  let passed = Number.NEGATIVE_INFINITY;
  let since = isEnding ? performance.now() : null;
  const end = (): void => {
    since ??= performance.now();
    onEnd();
  };
  const interrupt = (): void => {
    if (signals.isElsewhere?.()) passed = performance.now();
    if (performance.now() - passed < SAME_INTERRUPT_MS) return;
    if (since === null) end();
    else if (performance.now() - since >= SAME_INTERRUPT_MS) onEndAtOnce();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', end);
  process.on('SIGHUP', onHangUp);
  return {
    [Symbol.dispose]: () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', end);
      process.off('SIGHUP', onHangUp);
    },
  };
}

/** A handler that does nothing: having one keeps the signal from ending the process. */
function staysAlive(): void {}
