import { openQueue } from '../../source/engine/queue/open-queue.js';
import { queueContract } from '../queue-contract.js';
import { makeBeadsProject } from './real-bd.js';

queueContract('the queue of the real bd', async () => {
  const project = await makeBeadsProject({});
  const places = { home: project.path, hew: `${project.path}/.hew`, project: 'app' };
  const opened = await openQueue({ choice: 'auto', places, env: project.env });
  if (opened.kind === 'missing') throw new Error(opened.problem);
  return { queue: opened.queue, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
});
