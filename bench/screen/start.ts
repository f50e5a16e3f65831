import { execFileSync } from 'node:child_process';
import { makeBenchProject, median } from '../bench-project.ts';
import type { Part } from './figure.ts';
import { lineAgents } from './line-agent.ts';
import { HEW, HEW_CORE, measuredTerminal } from './measured-terminal.ts';
import { storeLongRun, storeRuns } from './stored-runs.ts';

const TIMES = 5;
const RUNS = 1000;
const ITERATIONS = 10_000;
/** The keys: what stands in the last line of the first frame. */
const FIRST_FRAME = '? keys';

/** The median time of a program on hew's core from its start to its end, in seconds; a first start fills the caches. */
function timeOf(cwd: string, env: Readonly<Record<string, string>>, ...argv: readonly string[]): number {
  const start = (): number => {
    const began = performance.now();
    execFileSync('taskset', ['-c', String(HEW_CORE), process.execPath, ...argv], {
      cwd,
      env,
      stdio: 'ignore',
    });
    return (performance.now() - began) / 1000;
  };
  start();
  return median(Array.from({ length: TIMES }, start));
}

/** How long hew's commands take until something is to be seen. */
export const START_PARTS: readonly Part[] = [
  {
    name: 'frame',
    about: `hew tui until its first frame, ${TIMES} times`,
    measure: async () => {
      const took: number[] = [];
      // The first one fills the caches.
      for (let time = 0; time <= TIMES; time += 1) {
        using project = makeBenchProject({ 'README.md': '# Bench\n' });
        const argv = lineAgents(project, 4, 0);
        const began = performance.now();
        const terminal = measuredTerminal({ project, columns: 160, rows: 45, argv });
        await terminal.shows(FIRST_FRAME);
        if (time > 0) took.push((performance.now() - began) / 1000);
        await terminal.end();
      }
      return [{ what: 'first frame of hew tui', goal: 0.35, figure: median(took), unit: 's' }];
    },
  },
  {
    name: 'version',
    about: `hew --version beside node -e 0, ${TIMES} times`,
    measure: async () => {
      using project = makeBenchProject({ 'README.md': '# Bench\n' });
      const { path, env } = project;
      const [bare, version] = [timeOf(path, env, '-e', '0'), timeOf(path, env, HEW, '--version')];
      return [
        { what: 'hew --version, times node -e 0', goal: 2, figure: version / bare, unit: '' },
        { what: 'hew --version', goal: null, figure: version * 1000, unit: 'ms' },
      ];
    },
  },
  {
    name: 'list',
    about: `hew loop list of ${RUNS} runs, ${TIMES} times`,
    measure: async () => {
      using project = makeBenchProject({ 'README.md': '# Bench\n' });
      storeRuns(project, RUNS);
      const figure = timeOf(project.path, project.env, HEW, 'loop', 'list');
      return [{ what: `hew loop list of ${RUNS} runs`, goal: 0.5, figure, unit: 's' }];
    },
  },
  {
    name: 'summary',
    about: `hew loop summary of ${ITERATIONS} iterations, ${TIMES} times`,
    measure: async () => {
      using project = makeBenchProject({ 'README.md': '# Bench\n' });
      storeLongRun(project, ITERATIONS);
      const figure = timeOf(project.path, project.env, HEW, 'loop', 'summary');
      return [{ what: `hew loop summary of ${ITERATIONS} iterations`, goal: 1, figure, unit: 's' }];
    },
  },
];
