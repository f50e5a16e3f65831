import { FileQueue } from '../../../source/engine/queue/file-queue.js';
import { queueContract } from '../../queue-contract.js';
import { temporaryFolder } from '../../temporary-folder.js';

queueContract('the embedded queue', async () => {
  const folder = await temporaryFolder();
  const queue = new FileQueue({ path: folder.at('.hew', 'tasks.jsonl'), prefix: 'app' });
  return { queue, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
});
