/** By the system's own name of the fault. */
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

/** What mends a fault of the system, told by its code, such as ENOSPC; null where hew knows nothing. Pure. */
export function systemRemedy(code: string): string | null {
  return REMEDIES[code] ?? null;
}
