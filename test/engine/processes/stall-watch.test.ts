import { execa } from 'execa';
import { expect, it } from 'vitest';
import { groupLedBy } from '../../../source/engine/processes/process-set.js';
import { watchForStall } from '../../../source/engine/processes/stall-watch.js';

/** Whether a program is told to have stalled before it ends by itself. */
async function stalls(script: string, stallMs: number): Promise<boolean> {
  const program = execa('sh', ['-c', script], { detached: true, reject: false, stdout: 'pipe' });
  let lastOutput = performance.now();
  program.stdout.on('data', () => (lastOutput = performance.now()));
  const { pid } = program;
  if (pid === undefined) throw new Error('sh was not started');
  const set = { mark: null, groups: [await groupLedBy(pid)] };
  const stalled = new Promise<boolean>((resolve) => {
    const watch = watchForStall({
      set,
      stallMs,
      lastOutput: () => lastOutput,
      onQuiet: () => undefined,
      onStall: () => resolve(true),
    });
    void program.then(() => {
      watch[Symbol.dispose]();
      resolve(false);
    });
  });
  const result = await stalled;
  program.kill('SIGKILL');
  return result;
}

it('tells a set that neither says nor does anything', async () => {
  expect(await stalls('exec sleep 600', 400)).toBe(true);
});

it('leaves one alone that writes now and then', async () => {
  expect(await stalls('for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done', 1_200)).toBe(false);
});

it('leaves one alone that is silent and works', async () => {
  const busy = `i=0; end=$(($(date +%s) + 3)); while [ "$(date +%s)" -lt "$end" ]; do i=$((i + 1)); done`;
  expect(await stalls(busy, 1_500)).toBe(false);
});
