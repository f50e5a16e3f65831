import { describe, expect, it } from 'vitest';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import { News } from '../../source/reporters/news.js';
import { exampleBodies, exampleEvents } from '../example-run.js';

describe('News', () => {
  it('keeps the last plain lines, and the same array while nothing is told', () => {
    const news = new News();
    let state = EMPTY_STATE;
    for (const event of exampleEvents(exampleBodies())) {
      state = reduce(state, event);
      news.take(event, state);
    }
    const { lines } = news;
    expect(lines.length).toBeLessThanOrEqual(64);
    expect(lines.at(-1)).toMatch(/ended: nothing is ready any more, 2 tasks left \(exit code 1\)$/);
    const at = '2026-11-22T18:07:00.000Z';
    news.take({ v: 1, type: 'agent.line', at, slot: 1, worker: 0, kind: 'text', text: 'x' }, state);
    expect(news.lines).toBe(lines);
    for (let count = 0; count < 100; count += 1) {
      news.take({ v: 1, type: 'notice', at, level: 'info', text: `notice ${count}` }, state);
    }
    expect(news.lines.length).toBe(64);
    expect(news.lines.at(-1)).toContain('notice 99');
  });
});
