// 40 tasks whose agent does nothing but commit, on 4 slots, against a shell script that makes the same worktrees,
// commits and merges: what hew's own work costs beside git's.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchProject, makeBenchProject, median } from './bench-project.ts';

const TASKS = 40;
const SLOTS = 4;
const ROUNDS = 5;
const SCRIPT = fileURLToPath(new URL('overhead.sh', import.meta.url));
const AGENT = `#!/bin/sh
echo "$HEW_TASK_ID" >"$HEW_TASK_ID.txt"
git add --all
git commit --quiet --message "Work on $HEW_TASK_ID"
echo "closed $HEW_TASK_ID"
`;

/** Seconds that `work` takes on a project of its own, which must hold all merges afterwards. */
async function timed(work: (project: BenchProject, agent: string) => Promise<void>): Promise<number> {
  using project = makeBenchProject({ 'README.md': '# Bench\n' });
  project.fileTasks(TASKS);
  const agent = project.script('agent.sh', AGENT);
  const began = performance.now();
  await work(project, agent);
  const seconds = (performance.now() - began) / 1000;
  const merges = Number(project.git('rev-list', '--count', '--merges', 'main'));
  if (merges !== TASKS) throw new Error(`${merges} merges instead of ${TASKS}`);
  return seconds;
}

const byHew = (project: BenchProject, agent: string): Promise<void> =>
  project
    .run('--jobs', String(SLOTS), '--runtime', 'command', '--agent-command', agent, '--no-gate')
    .then(() => undefined);
const byScript = async (project: BenchProject, agent: string): Promise<void> => {
  const folder = join(project.path, '..', 'worktrees');
  mkdirSync(folder);
  execFileSync('sh', [SCRIPT, project.path, folder, agent, String(TASKS), String(SLOTS)], {
    env: project.env,
  });
};

const hew: number[] = [];
const script: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  script.push(await timed(byScript));
  hew.push(await timed(byHew));
}
const ratio = median(hew) / median(script);
process.stdout.write(
  `hew ${median(hew).toFixed(2)} s, script ${median(script).toFixed(2)} s, ratio ${ratio.toFixed(2)} (goal 1.3), ${TASKS} tasks, ${SLOTS} slots, median of ${ROUNDS}\n`,
);
