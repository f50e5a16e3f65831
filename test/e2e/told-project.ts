import { fileURLToPath } from 'node:url';
import type { TaskId } from '../../source/engine/ids.js';
import { makeGitProject, type GitProject } from '../git-project.js';
import { fileTasks } from './loop-run.js';

/** The agent that does what the [words] of its task say. */
export const TOLD_AGENT = fileURLToPath(new URL('../fixtures/told-agent.sh', import.meta.url));

/** What a task's agent does beyond writing a file of its own. */
const WORDS = [
  'breaks first',
  'crashes first',
  'says nothing first',
  'commits twice',
  'does not commit',
  'takes longer',
  'leaves a process',
  'shared',
] as const;

/** One task of a made-up queue: `needs` are the indexes of those that block it, all lower than its own. */
export interface ToldTask {
  readonly needs: readonly number[];
  readonly words: readonly (typeof WORDS)[number][];
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A queue without cycles: each task may wait for up to three of the ten before it, and often does nothing special. */
export function randomTasks(seed: number, count: number): ToldTask[] {
  const random = randomNumbers(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, index) => {
    const most = [0, 0, 1, 1, 2, 3][below(6)] ?? 0;
    const needs = Array.from({ length: most }, () => index - 1 - below(10)).filter((need) => need >= 0);
    const faults = WORDS.slice(0, 3);
    const words = WORDS.slice(3).filter((word) => random() < (word === 'leaves a process' ? 0.08 : 0.3));
    if (random() < 0.2) words.push(faults[below(faults.length)] ?? 'breaks first');
    return { needs: [...new Set(needs)], words };
  });
}

/** The gate: every file is finished, what it needs is there as well, and no line of the shared file is lost. */
const GATE = `set -eu
awk '
  { there[FILENAME]; last[FILENAME] = $0 }
  $1 == "needs" { needed["work/" $2] }
  END {
    for (file in there) if (last[file] != "done") { print file " is not finished"; red = 1 }
    for (file in needed) if (!(file in there)) { print file " is missing"; red = 1 }
    exit red
  }' work/*
test "$(grep -c '^line of ' shared.txt)" = "$(cat lines)"
`;

/** A project with such a queue filed in it; returns the tasks' ids in their order. */
export async function makeToldProject(
  tasks: readonly ToldTask[],
): Promise<{ readonly project: GitProject; readonly ids: readonly TaskId[] }> {
  const lines = tasks.map((_, index) => `line of app-${index + 1}: open\n-\n-\n-\n-\n`);
  const project = await makeGitProject({
    files: {
      '.hew.toml': '[gate]\ntest = "sh gate.sh"\n',
      'gate.sh': GATE,
      lines: `${tasks.length}\n`,
      'shared.txt': lines.join(''),
      'work/begun': 'done\n',
    },
  });
  const ids: TaskId[] = [];
  for (const [index, { needs, words }] of tasks.entries()) {
    const blocked_by = needs.map((need) => ids[need]!);
    const description = [
      `Write work/app-${index + 1}.`,
      ...words.map((word) => `[${word}]`),
      ...blocked_by.map((id) => `needs ${id}`),
    ].join('\n');
    ids.push(...(await fileTasks(project, { title: `Task ${index + 1}`, description, blocked_by })));
  }
  return { project, ids };
}
