import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeBenchProject } from '../bench-project.ts';
import type { Part } from './figure.ts';
import { lineAgents } from './line-agent.ts';
import { measuredTerminal } from './measured-terminal.ts';

const RUN_MS = 60_000;

/** Loaded into the hew process beside the program: nothing of the program knows of it. */
const PROBE = `
if (process.argv[1]?.endsWith('bin.js')) {
  const { writeFileSync } = await import('node:fs');
  setTimeout(() => {
    globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    writeFileSync(process.env.HEW_BENCH_MEMORY, heapUsed + ' ' + rss);
  }, ${RUN_MS}).unref();
}`;

/** The memory of the whole process after a minute of much output. */
export const MEMORY_PART: Part = {
  name: 'memory',
  about: `heap and RSS after ${RUN_MS / 1000} s of 16 slots × 60 lines/s`,
  measure: async () => {
    using project = makeBenchProject({ 'README.md': '# Bench\n' });
    const file = join(project.path, '..', 'memory');
    const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`;
    const terminal = measuredTerminal({
      project,
      columns: 200,
      rows: 50,
      argv: lineAgents(project, 16, 60),
      node: ['--expose-gc', '--import', probe],
      env: { HEW_BENCH_MEMORY: file },
    });
    await pause(RUN_MS + 3000);
    await terminal.end();
    const [heap = Number.NaN, rss = Number.NaN] = readFileSync(file, 'utf8').split(' ').map(Number);
    return [
      { what: 'heap after collection, 16 slots × 60 lines/s', goal: 60, figure: heap / 1e6, unit: 'MB' },
      { what: 'RSS, 16 slots × 60 lines/s', goal: null, figure: rss / 1e6, unit: 'MB' },
    ];
  },
};
