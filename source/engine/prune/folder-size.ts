import { execa } from 'execa';

/**
 * How much disk a folder takes, in bytes; null when that cannot be told. A child counts, so that a folder with hundreds of
 * thousands of files holds nothing up.
 */
export async function folderSize(path: string, signal?: AbortSignal): Promise<number | null> {
  const options = { reject: false, stdin: 'ignore', ...(signal ? { cancelSignal: signal } : {}) } as const;
  // POSIX knows no smaller unit; what may not be read is told on stderr and left out of the sum.
  const { stdout } = await execa('du', ['-sk', path], options);
  const kilobytes = /^(\d+)\s/.exec(stdout)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
