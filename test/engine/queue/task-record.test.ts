import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeTaskLine, parseTaskLine } from '../../../source/engine/queue/task-record.js';
import { storedTask } from './stored-tasks.js';

describe('parseTaskLine', () => {
  it('fills in what a line does not say', () => {
    expect(parseTaskLine('{"id":"app-1","title":"Fix it"}')).toEqual({
      kind: 'task',
      task: {
        id: 'app-1',
        title: 'Fix it',
        description: '',
        acceptance_criteria: '',
        status: 'open',
        priority: 2,
        issue_type: 'task',
        labels: [],
        assignee: null,
        dependencies: [],
        parent: null,
        created_at: '1970-01-01T00:00:00.000Z',
        updated_at: '1970-01-01T00:00:00.000Z',
        closed_at: null,
        close_reason: null,
        notes: '',
        pinned: false,
        defer_until: null,
      },
    });
  });

  it.each(['', '  \t', '{"_schema":"beads/1"}', '  '])('keeps %j as it is', (line) => {
    expect(parseTaskLine(line)).toEqual({ kind: 'kept' });
  });

  it.each([
    ['{"id":"app-1"', /^is not JSON \(/],
    ['[1]', /expected object/],
    ['"text"', /expected object/],
    ['{"title":"x"}', /^id: /],
    ['{"id":"../x","title":"x"}', /^id: is not a task id/],
    ['{"id":"app-1","title":""}', /^title: is empty$/],
    ['{"id":"app-1","title":"x","priority":5}', /^priority: /],
    ['{"id":"app-1","title":"x","priority":"high"}', /^priority: /],
    ['{"id":"app-1","title":"x","labels":"net"}', /^labels: /],
    ['{"id":"app-1","title":"x","dependencies":[{"type":"blocks"}]}', /^dependencies\.0\.depends_on_id: /],
    ['{"id":"app-1","title":"x","created_at":"yesterday"}', /^created_at: is not a time/],
    ['{"_type":"epic","id":"app-1","title":"x"}', /^_type: is neither/],
  ])('says what is broken in %j', (line, reason) => {
    expect(parseTaskLine(line)).toEqual({ kind: 'broken', reason: expect.stringMatching(reason) as unknown });
  });

  it('never throws, and never tells control characters of what it could not read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        const parsed = parseTaskLine(line);
        expect(parsed.kind === 'broken' ? parsed.reason : '').not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});

describe('changeTaskLine', () => {
  const fields = fc.record(
    {
      title: fc.string({ unit: 'binary', minLength: 1 }),
      description: fc.string({ unit: 'binary' }),
      notes: fc.string(),
      priority: fc.integer({ min: 0, max: 4 }),
      labels: fc.array(fc.string()),
      assignee: fc.option(fc.string({ minLength: 1 })),
    },
    { requiredKeys: [] },
  );

  it('writes what is read back', () => {
    fc.assert(
      fc.property(fields, (change) => {
        const before =
          '{"id":"app-1","title":"x","description":"d","notes":"n","labels":["l"],"assignee":"a"}';
        const after = changeTaskLine(before, change);
        expect(after).not.toContain('\n');
        expect(parseTaskLine(after)).toEqual({
          kind: 'task',
          task: { ...storedTask(JSON.parse(before) as object as Record<string, unknown>), ...change },
        });
      }),
    );
  });

  it('keeps every field that it does not know', () => {
    const unknown = fc.dictionary(
      fc.string().map((name) => `x-${name}`),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(unknown, fields, (extra, change) => {
        const line = JSON.stringify({ ...extra, id: 'app-1', title: 'x' });
        const after = JSON.parse(changeTaskLine(line, change)) as Record<string, unknown>;
        expect(Object.fromEntries(Object.keys(extra).map((name) => [name, after[name]]))).toEqual(
          JSON.parse(JSON.stringify(extra)),
        );
      }),
    );
  });

  it('keeps numbers that JavaScript would round, and fields with the names of its own', () => {
    const line = '{"id":"app-1","title":"x","huge":12345678901234567890,"exact":1.0,"__proto__":{"a":1e400}}';
    expect(changeTaskLine(line, { priority: 0 })).toBe(`${line.slice(0, -1)},"priority":0}`);
  });

  it('leaves out what is set to nothing', () => {
    expect(changeTaskLine('{"id":"app-1","assignee":"me","x":null}', { assignee: null })).toBe(
      '{"id":"app-1","x":null}',
    );
  });
});
