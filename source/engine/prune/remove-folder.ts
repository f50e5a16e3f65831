import { execa } from 'execa';

/**
 * Removes a folder with all that is in it, folders included that their owner may not write to; links in it are removed,
 * never followed. A child does it, so that hundreds of thousands of files hold nothing up. Throws an Error that says why
 * something is still there.
 */
export async function removeFolder(path: string): Promise<void> {
  const first = await execa('rm', ['-rf', path], { reject: false, stdin: 'ignore' });
  if (first.exitCode === 0) return;
  // Some tools keep what they have downloaded in folders without write permission.
  await execa('chmod', ['-R', 'u+rwX', path], { reject: false, stdin: 'ignore' });
  const second = await execa('rm', ['-rf', path], { reject: false, stdin: 'ignore' });
  if (second.exitCode === 0) return;
  const why = second.stderr.split('\n')[0] || second.shortMessage || 'rm has failed';
  throw new Error(`${path} could not be removed: ${why}`);
}
