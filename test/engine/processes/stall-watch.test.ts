import { execa } from 'execa';
import { expect, it } from 'vitest';
import { groupLedBy } from '../../../source/engine/processes/process-set.js';
import { watchForStall } from '../../../source/engine/processes/stall-watch.js';

interface Watched {
  /** Whether it was told to have stalled before it ended by itself. */
  readonly stalled: boolean;
  /** What was told of its being quiet, in milliseconds; 0 for a sign of life. */
  readonly quiet: readonly number[];
}

async function watch(script: string, stallMs: number): Promise<Watched> {
  const quiet: number[] = [];
  const program = execa('sh', ['-c', script], { detached: true, reject: false, stdout: 'pipe' });
  let lastOutput = performance.now();
  program.stdout.on('data', () => (lastOutput = performance.now()));
  const { pid } = program;
  if (pid === undefined) throw new Error('sh was not started');
  const set = { mark: null, groups: [await groupLedBy(pid)] };
  const stalled = new Promise<boolean>((resolve) => {
    const stallWatch = watchForStall({
      set,
      stallMs,
      lastOutput: () => lastOutput,
      onQuiet: (quietMs) => void quiet.push(quietMs),
      onStall: () => resolve(true),
    });
    void program.then(() => {
      stallWatch[Symbol.dispose]();
      resolve(false);
    });
  });
  const result = await stalled;
  program.kill('SIGKILL');
  return { stalled: result, quiet };
}

const stalls = async (script: string, stallMs: number): Promise<boolean> =>
  (await watch(script, stallMs)).stalled;

it('tells a set that neither says nor does anything, and before that once that it is quiet', async () => {
  const { stalled, quiet } = await watch('exec sleep 600', 400);
  expect(stalled).toBe(true);
  expect(quiet).toHaveLength(1);
  expect(quiet[0]).toBeGreaterThanOrEqual(400 / 3);
});

it('tells a sign of life after it was quiet', async () => {
  const { stalled, quiet } = await watch('sleep 2.2; for i in 1 2 3 4 5; do echo $i; sleep 0.3; done', 3_000);
  expect(stalled).toBe(false);
  expect(quiet.map((milliseconds) => milliseconds > 0)).toEqual([true, false]);
});

it('leaves one alone that writes now and then', async () => {
  expect(await stalls('for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done', 1_200)).toBe(false);
});

it('leaves one alone that is silent and works', async () => {
  const busy = `i=0; end=$(($(date +%s) + 3)); while [ "$(date +%s)" -lt "$end" ]; do i=$((i + 1)); done`;
  expect(await stalls(busy, 1_500)).toBe(false);
});
