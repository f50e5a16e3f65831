import { readPastRun } from '../engine/cut-run.js';
import type { Places } from '../engine/git/places.js';
import type { RunId, TaskId } from '../engine/ids.js';
import { taskStory } from '../engine/task-story.js';
import { storyText } from '../reporters/story-text.js';

/** Tells on a screen of so many columns what happened to a task of the run, from its journal. */
export function storyTeller(
  places: Pick<Places, 'hew'>,
  run: RunId,
): (task: TaskId, columns: number) => Promise<string> {
  return async (task, columns) => {
    const past = await readPastRun(places, run);
    const story = past && taskStory(past.events, task);
    return story ? storyText(story, columns) : ` The journal of ${run} tells nothing of ${task}.`;
  };
}
