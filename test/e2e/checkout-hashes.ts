import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitProject } from '../git-project.js';

/** What of the git folder is the user's own and must not change by a byte. */
const OWN = [
  'index',
  'config',
  'HEAD',
  'info/exclude',
  'logs/HEAD',
  'logs/refs/heads/main',
  'logs/refs/stash',
];

/**
 * Hashes of everything in the user's checkout: each file with its mode and time (`.hew` left out), the bytes of index,
 * configuration and HEAD, and each ref outside of hew's own. Starts no git that could write.
 */
export async function checkoutHashes(project: GitProject): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const path of await readdir(project.path, { recursive: true })) {
    if (!/^\.(git|hew)(\/|$)/.test(path)) hashes[path] = await hashOf(join(project.path, path));
  }
  for (const name of OWN) hashes[`.git/${name}`] = await hashOf(join(project.path, '.git', name));
  hashes['~/.gitconfig'] = await hashOf(join(project.folder, 'home/.gitconfig'));
  const refs = await project.git('for-each-ref', '--format=%(refname) %(objectname)');
  for (const line of refs.split('\n').filter((each) => !/^refs\/(heads\/loop|hew)\//.test(each))) {
    const [ref = '', sha = ''] = line.split(' ');
    hashes[ref] = sha;
  }
  return hashes;
}

async function hashOf(path: string): Promise<string> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return 'missing';
  if (found.isDirectory()) return `folder ${found.mode}`;
  const bytes = found.isSymbolicLink() ? await readlink(path) : await readFile(path);
  return `${found.mode} ${found.mtimeMs} ${createHash('sha256').update(bytes).digest('hex')}`;
}
