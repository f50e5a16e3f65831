import { execa } from 'execa';

/** Every process on this machine that carries the marks of a run (LOOP.md §8), as `ps` shows it. */
export async function markedProcesses(run: string): Promise<string[]> {
  const mark = `HEW_MARK_${run.slice(-8)}=`;
  const { stdout } = await execa('ps', ['axeww', '-o', 'pid=,command=']);
  return stdout.split('\n').filter((line) => line.includes(mark));
}
