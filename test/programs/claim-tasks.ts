/**
 * Claims tasks of an embedded queue until none is ready: `node claim-tasks.js <queue file> <actor>`. Prints `ready`, begins when
 * a line comes in, and prints the ids that it got as JSON.
 */
import { once } from 'node:events';
import process from 'node:process';
import { FileQueue } from '../../source/engine/queue/file-queue.js';

const [path = '', actor = ''] = process.argv.slice(2);
const queue = new FileQueue({ path, prefix: 'app' });

process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();

const claimed: string[] = [];
for (;;) {
  const [first] = (await queue.list()).ready;
  if (first === undefined) break;
  // Everybody goes for the same task: only the queue keeps them apart.
  const result = await queue.claim(first, actor);
  if (result.kind === 'claimed') claimed.push(first);
}
process.stdout.write(`${JSON.stringify(claimed)}\n`);
