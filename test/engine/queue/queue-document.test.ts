import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueueError } from '../../../source/engine/ports.js';
import {
  EMPTY_DOCUMENT,
  parseDocument,
  serialiseDocument,
  setFields,
} from '../../../source/engine/queue/queue-document.js';
import { queues, taskId } from './stored-tasks.js';

const PATH = '/project/.hew/tasks.jsonl';

describe('parseDocument', () => {
  it('reads what serialiseDocument wrote, line for line', () => {
    const kept = fc.constantFrom('', '{"_schema":1}', '{"_type":"memory","key":"x","value":"y"}');
    const lines = fc
      .tuple(queues, fc.array(kept))
      .map(([tasks, others]) => [...others, ...tasks.map((task) => JSON.stringify(task))]);
    fc.assert(
      fc.property(lines, (lines) => {
        const document = parseDocument(Buffer.from(lines.map((line) => `${line}\n`).join('')), PATH);
        expect(document.lines).toEqual(lines);
        expect(parseDocument(serialiseDocument(document), PATH)).toEqual(document);
      }),
    );
  });

  it('reads a last line without its end, and lines that end as on Windows', () => {
    const { tasks } = parseDocument(
      Buffer.from('{"id":"a-1","title":"x"}\r\n{"id":"a-2","title":"y"}'),
      PATH,
    );
    expect([...tasks.keys()]).toEqual(['a-1', 'a-2']);
  });

  it('names path, line and field of everything that is broken', () => {
    const bytes = Buffer.concat([
      Buffer.from(
        '{"id":"a-1","title":"x"}\n\n{"id":"a-2","title":"y","priority":9}\n{"id":"a-1","title":"z"}\n',
      ),
      Buffer.from([0x7b, 0xff, 0x7d]),
    ]);
    const error = thrown(() => parseDocument(bytes, PATH));
    expect(error).toBeInstanceOf(QueueError);
    expect(error.message.split('\n')[0]).toMatch(
      /^\/project\/\.hew\/tasks\.jsonl: line 3: priority: .*; line 4: id: a-1 stands on line 1 already; line 5: is not UTF-8 text\.$/,
    );
  });

  it('names five broken lines and counts the others', () => {
    const { message } = thrown(() => parseDocument(Buffer.from('x\n'.repeat(8)), PATH));
    expect(message).toContain('line 5: ');
    expect(message).not.toContain('line 6: ');
    expect(message).toContain('and 3 more');
  });
});

describe('setFields', () => {
  it('changes one line and no other', () => {
    fc.assert(
      fc.property(queues, fc.nat(), fc.string({ unit: 'binary' }), (tasks, pick, notes) => {
        const document = parseDocument(
          Buffer.from(tasks.map((task) => `${JSON.stringify(task)}\n`).join('')),
          PATH,
        );
        const place = tasks.length === 0 ? 0 : pick % tasks.length;
        const id = taskId(tasks[place]?.id ?? 't-10');
        const changed = setFields(document, id, { title: 'Another', notes });
        expect(changed.lines.toSpliced(place, 1)).toEqual(document.lines.toSpliced(place, 1));
        expect(changed.tasks.get(id)).toMatchObject({ title: 'Another', notes });
        expect(parseDocument(serialiseDocument(changed), PATH)).toEqual(changed);
      }),
    );
  });

  it('refuses to write what could not be read again', () => {
    expect(() => setFields(EMPTY_DOCUMENT, taskId('a-1'), { title: '' })).toThrow(
      /a-1 cannot be written so: title: is empty/,
    );
    expect(() => setFields(EMPTY_DOCUMENT, taskId('a-1'), { title: 'x', priority: 7 })).toThrow(QueueError);
  });
});

function thrown(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
