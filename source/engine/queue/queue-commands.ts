import type { QueueCommands, TaskQueue } from '../ports.js';

/** What a user types to do by hand what hew does with a queue. */
export const QUEUE_COMMANDS: Readonly<Record<TaskQueue['kind'], QueueCommands>> = {
  beads: {
    create: 'bd create "<title>"',
    close: (id) => `bd close ${id}`,
    show: (id) => `bd show ${id}`,
    giveBack: (id) => `bd update ${id} --status open --assignee ""`,
  },
  file: {
    create: 'hew task new "<title>"',
    close: (id) => `hew task close ${id}`,
    show: (id) => `hew task show ${id}`,
    giveBack: (id) => `hew task update ${id} --status open`,
  },
};
