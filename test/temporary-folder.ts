import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone when it goes out of scope. */
export interface TemporaryFolder extends AsyncDisposable {
  /** Free of symbolic links, so that it equals what git and the kernel say. */
  readonly path: string;
  /** A path inside it. */
  at(...parts: readonly string[]): string;
}

/** Makes an empty folder: `await using folder = await temporaryFolder()`. Short-named, since socket paths are short. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'hew-')));
  return {
    path,
    at: (...parts) => join(path, ...parts),
    async [Symbol.asyncDispose]() {
      // What a test ended a moment ago may still be writing: removal is tried again for a while.
      await rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}
