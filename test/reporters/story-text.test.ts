import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { taskStory } from '../../source/engine/task-story.js';
import { storyText } from '../../source/reporters/story-text.js';
import { taskId } from '../engine/queue/stored-tasks.js';
import { type ExampleBody, EXAMPLE_RUN, exampleBodies, exampleEvents, exampleState } from '../example-run.js';

function story(task: string, columns = 80, bodies: readonly ExampleBody[] = exampleBodies()): string {
  const told = taskStory(exampleEvents(bodies), taskId(task));
  if (!told) throw new Error(`nothing is told of ${task}`);
  return storyText(told, columns);
}

/** Without the time of day, which is another one elsewhere. */
function timeless(text: string): string {
  return text.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'BEGIN');
}

describe('storyText', () => {
  it('tells what came of the task, and each attempt with its steps', () => {
    const kept = `refs/hew/salvage/${EXAMPLE_RUN}/w2/1`;
    expect(timeless(story('app-2', 200))).toBe(
      ` app-2  Upgrade to React 19 and everything that depends on it, the router and the form library included
 failed   2 tries   45m00s   $5.77   96.2k tokens
 gate red: npm test: 3 tests of 213 failed in test/routes/form.test.tsx
 hew loop salvage show ${EXAMPLE_RUN}/w2/1

   TIME  claimed, priority 2: Upgrade to React 19 and everything that depends on it, the router and the form library included

 TRY 1/2   w2 iteration 1   claude   BEGIN   4m00s   $2.77   48.1k tokens
   TIME  agent ended without a word after 4m00s (48.1k tokens, $2.77)
   TIME  try 1/2 ended (gate red), tried again

 TRY 2/2   w2 iteration 2   claude   BEGIN   41m00s   $3.00   48.1k tokens
   TIME  agent ended without a word after 41m00s (48.1k tokens, $3.00)
   TIME  work kept as ${kept}: gate_red
   TIME  try 2/2 ended (gate red), failed
   TIME  given back as failed`,
    );
  });

  it('names the commit of what is merged, and the bug of what conflicts', () => {
    expect(story('app-7')).toContain(' commit 91ac0d3000');
    const conflict = story('app-16');
    expect(conflict).toContain(' waits for app-41\n');
    expect(conflict).toContain('worker w3 parked: merge conflict');
  });

  it('tells what was asked of the task, and of no other', () => {
    const bodies = [
      ...exampleBodies().slice(0, -1),
      { type: 'control.received', control: { type: 'retryTask', task: 'app-2' } } as const,
      { type: 'control.received', control: { type: 'noteTask', to: { task: 'app-7' }, text: 'hi' } } as const,
    ];
    expect(story('app-2', 80, bodies)).toContain('asked: try app-2 again');
    expect(story('app-7', 80, bodies)).toContain('asked: tell app-7: hi');
    expect(story('app-7', 80, bodies)).not.toContain('try app-2');
  });

  it.each([40, 80, 200])('fits %i columns, commands and commits apart', (columns) => {
    for (const id of exampleState(exampleBodies()).tasks.keys()) {
      const wide = story(id, columns)
        .split('\n')
        .filter((line) => stringWidth(line) > columns && !/^ (?:hew loop|commit) /.test(line));
      expect(wide).toEqual([]);
    }
  });

  it('knows no task that the run has not had', () => {
    expect(taskStory(exampleEvents(exampleBodies()), taskId('app-99'))).toBeNull();
  });
});
