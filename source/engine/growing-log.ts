import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FollowedFile } from './followed-file.js';

const LOOK_MS = 200;

/**
 * The lines of a log as they are on disk, and with `isOver` also those that still come, until it says so. While it is
 * written the end of a long log is in files beside it, see `processes/bounded-log.ts`.
 */
export async function* growingLog(
  path: string,
  isOver: (() => Promise<boolean>) | null,
): AsyncGenerator<readonly string[]> {
  const head = new FollowedFile(path);
  const tails = [0, 1].map((number) => {
    const tail = `${path}.tail-${number}`;
    return { path: tail, file: new FollowedFile(tail) };
  });
  let hasTails = false;
  for (;;) {
    // Asked before the files are read: what was written until then is in them.
    const over = isOver === null || (await isOver());
    // Once there were tails, the head only grows by what they had.
    if (!hasTails) yield* head.lines();
    const changed = await Promise.all(tails.map(async (tail) => ({ tail, at: await changedAt(tail.path) })));
    for (const { tail } of changed.sort((left, right) => left.at - right.at)) {
      for await (const lines of tail.file.lines()) {
        hasTails = true;
        yield lines;
      }
    }
    if (over) break;
    await pause(LOOK_MS);
  }
  const rest = [head, ...tails.map(({ file }) => file)].map((file) => file.takeRest());
  yield rest.filter((line) => line !== '');
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
