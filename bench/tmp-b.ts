// `hew tui` in a real pseudo-terminal of 160×45 with four agents that put out 20 lines a second each: what the hew process
// takes of a core, what it sends to the terminal, and its heap after collection at several moments. `--seconds N` measures
// for that long instead of five minutes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { spawn } from '@lydell/node-pty';
import { fileURLToPath } from 'node:url';
import { makeBenchProject } from '/work/main/bench/bench-project.ts';

const HEW = fileURLToPath(new URL('file:///work/main/node_modules/.hew-bench/dist/bin.js'));
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' } } });
const SECONDS = Number(values.seconds);
const SLOTS = 4;
const LINES_A_SECOND = 20;
/** Not measured: the first worktrees are made, and everything is compiled. */
const WARM_UP_SECONDS = 10;
const SAMPLES = 7;
/** Clock ticks a second, as /proc counts them. */
const TICKS = 100;

const AGENT = `#!/usr/bin/env node
process.stdin.resume();
let count = 0;
setInterval(() => {
  count += 1;
  const rest = ['I will put the retry in the transport, not in each caller.', '$ npm test -- client', '212 passed'];
  console.log(\`line \${count} of \${process.env.HEW_TASK_ID}: \${rest[count % 3].repeat((count % 3) + 1)}\`);
}, ${1000 / LINES_A_SECOND});
`;

/** Loaded into the hew process beside the program: nothing of the program knows of it. */
const PROBE = `
if (process.argv[1]?.endsWith('bin.js')) {
  const { appendFileSync } = await import('node:fs');
  const sample = () => {
    const before = process.cpuUsage();
    globalThis.gc();
    const { user, system } = process.cpuUsage(before);
    const { heapUsed } = process.memoryUsage();
    appendFileSync(process.env.HEW_BENCH_HEAP, heapUsed + ' ' + (user + system) / 1e6 + '\\n');
  };
  setTimeout(() => {
    sample();
    setInterval(sample, ${(SECONDS * 1000) / (SAMPLES - 1)}).unref();
  }, ${WARM_UP_SECONDS * 1000}).unref();
}`;

/** Processor time of a process by now, in seconds. */
function processorTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

using project = makeBenchProject({ 'README.md': '# Bench\n' });
project.fileTasks(SLOTS);
const heapFile = join(project.path, '..', 'heap');
const argv = [
  'tui',
  '--jobs',
  String(SLOTS),
  '--no-gate',
  '--agent-command',
  project.script('agent.mjs', AGENT),
];
const { CI: _ci, NODE_ENV: _nodeEnv, ...inherited } = project.env;
const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`;
const child = spawn(process.execPath, ['--expose-gc', '--import', probe, HEW, ...argv], {
  cols: 160,
  rows: 45,
  cwd: project.path,
  env: { ...inherited, TERM: 'xterm-256color', HEW_BENCH_HEAP: heapFile },
});
let bytes = 0;
const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
child.onData((data) => (bytes += data.length));

await pause(WARM_UP_SECONDS * 1000);
const [began, used, sent] = [performance.now(), processorTime(child.pid), bytes];
// The last sample of the heap comes at the very end.
await pause(SECONDS * 1000 + 500);
const seconds = (performance.now() - began) / 1000;
const took = processorTime(child.pid) - used;
const rate = (bytes - sent) / seconds / 1000;
child.kill('SIGTERM');
const exitCode = await ended;

const samples = readFileSync(heapFile, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' ').map(Number));
const heap = samples.map(([size = Number.NaN]) => size / 1e6);
// The collections are the measurement's own.
const collecting = samples.reduce((sum, [, processor = 0]) => sum + processor, 0);
const share = ((took - collecting) / seconds) * 100;
const growth = (heap.at(-1) ?? Number.NaN) - (heap[Math.floor(heap.length / 2)] ?? Number.NaN);
process.stdout.write(
  `hew ${share.toFixed(1)} % of a core (goal 8), ${rate.toFixed(0)} kB/s to the terminal; 160×45, ${SLOTS} agents × ${LINES_A_SECOND} lines/s, ${SECONDS} s
heap after collection, every ${(SECONDS / (SAMPLES - 1)).toFixed(0)} s: ${heap.map((size) => size.toFixed(1)).join(' ')} MB, ${growth >= 0 ? '+' : ''}${growth.toFixed(2)} MB in the second half; exit code ${exitCode}
`,
);
