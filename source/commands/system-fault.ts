/** What mends it, by the system's own name of the fault. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: make room there, then start again.',
  EDQUOT: 'Your quota of the disk is used: make room there, then start again.',
  EFBIG: 'Files may not grow so large here: raise the limit (ulimit -f unlimited), then start again.',
  EACCES: 'Give yourself access to it, then start again.',
  EPERM: 'Give yourself access to it, then start again.',
  EROFS: 'It is read-only: make it writable, or set HEW_HOME to a folder that is, then start again.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n 4096), or start with fewer --jobs.',
  ENFILE: 'Too many files are open on this machine: close some programs, then start again.',
  ENOMEM: 'There is no memory left: close some programs, or start with fewer --jobs.',
  EAGAIN: 'No more processes may be started: raise the limit (ulimit -u), or start with fewer --jobs.',
};

/**
 * What a fault of the system is to be told as, or an error that it has caused: its own words, and what mends it; null where
 * there is no such fault. Pure.
 */
export function systemFault(error: Error): string | null {
  if (!('code' in error && 'syscall' in error) || typeof error.code !== 'string')
    return error.cause instanceof Error ? systemFault(error.cause) : null;
  const remedy = REMEDIES[error.code];
  return remedy === undefined ? error.message : `${error.message}\n${remedy}`;
}
