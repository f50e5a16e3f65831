import process from 'node:process';

type Kind = 'append' | 'before' | 'during' | 'after' | 'moment' | 'never';

interface KillPoint {
  readonly kind: Kind;
  /** Which append or effect, from 1, or after how many milliseconds. */
  readonly at: number;
  /** Ends this process without a word. */
  readonly die: () => never;
}

const [kind = 'never', at = '0'] = (process.env['KILL_AT'] ?? 'never 0').split(' ');
// Whatever hew starts is not to end itself.
delete process.env['KILL_AT'];

/** Where `KILL_AT` wants this process to end. */
export const KILL_POINT: KillPoint = {
  kind: kind as Kind,
  at: Number(at),
  die: () => {
    process.kill(process.pid, 'SIGKILL');
    // Nothing of this process goes on while the signal is on its way.
    for (;;);
  },
};
