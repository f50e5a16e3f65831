import process from 'node:process';

/** What a program does when it is asked to end from outside. */
export interface EndSignals {
  /** INT or TERM. */
  readonly onEnd: () => void;
  /** The terminal has gone; without an answer nothing happens. */
  readonly onHangUp?: () => void;
}

/** Takes the signals that would end the process, until it is disposed of. */
export function takeEndSignals({ onEnd, onHangUp = staysAlive }: EndSignals): Disposable {
  process.on('SIGINT', onEnd);
  process.on('SIGTERM', onEnd);
  process.on('SIGHUP', onHangUp);
  return {
    [Symbol.dispose]: () => {
      process.off('SIGINT', onEnd);
      process.off('SIGTERM', onEnd);
      process.off('SIGHUP', onHangUp);
    },
  };
}

/** A handler that does nothing: having one keeps the signal from ending the process. */
function staysAlive(): void {}
