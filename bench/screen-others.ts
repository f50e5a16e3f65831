// The same lines as `bench:screen` has, in other programs that show several processes in one terminal: mprocs and nx, where they are
// installed (`npm install --global nx`, mprocs from your package manager). Only their own processor time is counted.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import { makeBenchProject, median } from './bench-project.ts';
import { HEW_CORE, onOtherCore, processorTime } from './screen/measured-terminal.ts';

const SLOTS = 4;
const LINES_A_SECOND = 20;
const WARM_UP_MS = 10_000;
const WINDOWS = 5;
const WINDOW_MS = 8_000;

const LINES = `
let count = 0;
setInterval(() => {
  count += 1;
  console.log('line ' + count + ': I will put the retry in the transport, not in each caller.');
}, ${1000 / LINES_A_SECOND});
`;

/** A program beside hew, and how it is told to run the same commands. */
interface Other {
  readonly program: string;
  readonly prepare: (folder: string, commands: readonly string[]) => readonly string[];
}

const OTHERS: readonly Other[] = [
  { program: 'mprocs', prepare: (_folder, commands) => [...commands] },
  {
    program: 'nx',
    prepare: (folder, commands) => {
      const targets = commands.map(
        (command, index) => [`lines-${index}`, { command, continuous: true }] as const,
      );
      writeFileSync(join(folder, 'nx.json'), JSON.stringify({ tui: { enabled: true } }));
      writeFileSync(
        join(folder, 'project.json'),
        JSON.stringify({ name: 'bench', targets: Object.fromEntries(targets) }),
      );
      return ['run-many', '--parallel', String(SLOTS), '--targets', targets.map(([name]) => name).join(',')];
    },
  },
];

async function measure({ program, prepare }: Other): Promise<string> {
  if (spawnSync(program, ['--version']).status !== 0) return `${program}: not installed here`;
  using project = makeBenchProject({ 'README.md': '# Bench\n' });
  const script = project.script('lines.mjs', LINES);
  const command = onOtherCore(`${process.execPath} ${script}`);
  const argv = prepare(project.path, Array<string>(SLOTS).fill(command));
  const { CI: _ci, ...env } = project.env;
  const pty = spawn('taskset', ['-c', String(HEW_CORE), program, ...argv], {
    cols: 160,
    rows: 45,
    cwd: project.path,
    env: { ...env, TERM: 'xterm-256color' },
  });
  let bytes = 0;
  pty.onData((data) => (bytes += Buffer.byteLength(data)));
  await pause(WARM_UP_MS);
  const shares: number[] = [];
  const sent = bytes;
  for (let window = 0; window < WINDOWS; window += 1) {
    const used = processorTime(pty.pid);
    await pause(WINDOW_MS);
    shares.push(((processorTime(pty.pid) - used) / (WINDOW_MS / 1000)) * 100);
  }
  const rate = (bytes - sent) / ((WINDOWS * WINDOW_MS) / 1000) / 1000;
  pty.kill('SIGKILL');
  return `${program}: ${median(shares).toFixed(1)} % of a core, ${rate.toFixed(1)} KB/s written`;
}

process.stdout.write(`${SLOTS} processes × ${LINES_A_SECOND} lines/s at 160×45\n`);
for (const other of OTHERS) process.stdout.write(`${await measure(other)}\n`);
