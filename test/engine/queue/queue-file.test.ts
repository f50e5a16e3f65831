import { mkdirSync, rmdirSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { QueueError } from '../../../source/engine/ports.js';
import { setFields } from '../../../source/engine/queue/queue-document.js';
import { QueueFile } from '../../../source/engine/queue/queue-file.js';
import { lockPath } from '../../../source/engine/queue/queue-lock.js';
import { temporaryFolder } from '../../temporary-folder.js';
import { taskId } from './stored-tasks.js';

const ONE = '{"id":"a-1","title":"One"}\n';
const TWO = '{"id":"a-1","title":"Two"}\n';

it('decides again when somebody who takes no lock has written meanwhile', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('tasks.jsonl');
  writeFileSync(path, ONE);
  const seen: (string | undefined)[] = [];
  const answer = await new QueueFile(path).change((document) => {
    const title = document.tasks.get(taskId('a-1'))?.title;
    seen.push(title);
    if (title === 'One') writeFileSync(path, TWO);
    return { answer: title, document: setFields(document, taskId('a-1'), { notes: `was ${title}` }) };
  });
  expect(seen).toEqual(['One', 'Two']);
  expect(answer).toBe('Two');
  expect(await readFile(path, 'utf8')).toBe('{"id":"a-1","title":"Two","notes":"was Two"}\n');
});

it('does not write under a lock that another process has taken over, but waits for it again', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('tasks.jsonl');
  writeFileSync(path, ONE);
  let turns = 0;
  await new QueueFile(path).change((document) => {
    turns += 1;
    if (turns === 1) {
      // As after a suspension: this lock was found stale and replaced, and the other process was killed in its turn.
      rmdirSync(lockPath(path));
      mkdirSync(lockPath(path));
      utimesSync(lockPath(path), 0, 0);
    }
    return { answer: null, document: setFields(document, taskId('a-1'), { notes: `turn ${turns}` }) };
  });
  expect(await readFile(path, 'utf8')).toBe('{"id":"a-1","title":"One","notes":"turn 2"}\n');
  expect(await readdir(folder.path)).toEqual(['tasks.jsonl']);
});

it('gives up when the file never stays as it is', async () => {
  await using folder = await temporaryFolder();
  const path = folder.at('tasks.jsonl');
  writeFileSync(path, ONE);
  let turns = 0;
  const change = new QueueFile(path).change((document) => {
    turns += 1;
    writeFileSync(path, ONE + '\n'.repeat(turns));
    return { answer: null, document: setFields(document, taskId('a-1'), { notes: 'x' }) };
  });
  await expect(change).rejects.toThrow(QueueError);
  expect(await readFile(path, 'utf8')).not.toContain('notes');
});
