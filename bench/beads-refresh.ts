// What a refresh of the queue costs hew where the real bd keeps 5,000 open issues: bd's processes, and hew's own CPU time.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openQueue } from '../source/engine/queue/open-queue.js';
import { makeBenchProject, median } from './bench-project.js';

const ISSUES = 5_000;
const GOAL_MS = 50;
const ROUNDS = 7;

const bd = process.env['HEW_TEST_BD'];
if (!bd) throw new Error('HEW_TEST_BD names no bd. npm run bench:beads builds one and names it.');

using project = makeBenchProject({ 'README.md': '# A project\n' });
const env = { ...project.env, PATH: `${dirname(bd)}:${project.env['PATH']}`, BD_DISABLE_METRICS: '1' };
const run = (...args: string[]): string =>
  execFileSync('bd', args, { cwd: project.path, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
run('init', '--prefix=app', '--quiet', '--skip-agents', '--skip-hooks');
project.git('config', 'beads.role', 'maintainer');
const lines = Array.from({ length: ISSUES }, (_, index) => ({
  _type: 'issue',
  id: `app-${index}`,
  title: `Task ${index} of a long queue`,
  description: 'What is to be done, in a few sentences that say it well enough.\n'.repeat(3),
  status: 'open',
  issue_type: 'task',
  priority: index % 5,
  labels: ['net', 'ui'],
  dependencies:
    index % 3 === 0 && index >= 7
      ? [{ issue_id: `app-${index}`, depends_on_id: `app-${index - 7}`, type: 'blocks' }]
      : [],
}));
const file = join(dirname(project.path), 'issues.jsonl');
writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
process.stdout.write(`filing ${ISSUES} issues with bd, which takes a few minutes …\n`);
run('import', file);

const places = { home: project.path, hew: join(project.path, '.hew'), project: 'app' };
const opened = await openQueue({ choice: 'auto', places, env });
if (opened.kind === 'missing') throw new Error(opened.problem);
const { queue } = opened;

/** Milliseconds of this process's CPU and of the clock that a refresh takes. */
async function refresh(): Promise<{ readonly cpu: number; readonly clock: number; readonly open: number }> {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  const { tasks } = await queue.list();
  const used = process.cpuUsage(cpu);
  return { cpu: (used.user + used.system) / 1000, clock: performance.now() - start, open: tasks.size };
}

await refresh();
const unchanged: number[] = [];
const changed: number[] = [];
const clock: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const same = await refresh();
  unchanged.push(same.cpu);
  clock.push(same.clock);
  const [id] = (await queue.list()).ready;
  if (id === undefined) throw new Error('nothing is ready');
  await queue.claim(id, `hew/bench/w${round}`);
  const other = await refresh();
  changed.push(other.cpu);
  clock.push(other.clock);
}
const figures = { unchanged: median(unchanged), changed: median(changed) };
process.stdout.write(
  `${ISSUES} open issues: one bd list and one bd ready --brief a refresh, ${(median(clock.slice(1)) / 1000).toFixed(1)} s of the clock (bd)\n` +
    `hew's own CPU time, warm, median of ${ROUNDS}: ${figures.unchanged.toFixed(1)} ms when nothing has changed, ` +
    `${figures.changed.toFixed(1)} ms when something has (goal under ${GOAL_MS})\n`,
);
process.exitCode = Math.max(figures.unchanged, figures.changed) < GOAL_MS ? 0 : 1;
