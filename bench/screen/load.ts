import { setTimeout as pause } from 'node:timers/promises';
import { makeBenchProject, median } from '../bench-project.ts';
import type { Figure, Part } from './figure.ts';
import { lineAgents } from './line-agent.ts';
import { measuredTerminal, processorTime } from './measured-terminal.ts';

/** Not measured, from the first line of an agent on: the other slots begin, and the program is compiled. */
const WARM_UP_MS = 10_000;
const WINDOWS = 5;
const WINDOW_MS = 8_000;

interface Load {
  readonly name: string;
  readonly slots: number;
  readonly lines: number;
  readonly columns: number;
  readonly rows: number;
  readonly share: number;
  readonly rate: number | null;
}

const LOADS: readonly Load[] = [
  { name: 'load4', slots: 4, lines: 20, columns: 160, rows: 45, share: 6, rate: 30 },
  { name: 'load16', slots: 16, lines: 60, columns: 200, rows: 50, share: 11, rate: null },
  { name: 'idle', slots: 4, lines: 0, columns: 160, rows: 45, share: 1.5, rate: null },
];

/** What clears the screen or a part below the cursor: between frames nothing of it may be written. */
const CLEARED = ['', '2', '3'].map((which) => `\u001B[${which}J`);

/** What the screen takes of a core, and what it writes. */
export const LOAD_PARTS: readonly Part[] = LOADS.map((load) => ({
  name: load.name,
  about: `${load.slots} slots × ${load.lines} lines/s at ${load.columns}×${load.rows}`,
  measure: () => measureLoad(load),
}));

async function measureLoad({ slots, lines, columns, rows, share, rate }: Load): Promise<readonly Figure[]> {
  using project = makeBenchProject({ 'README.md': '# Bench\n' });
  const argv = lineAgents(project, slots, lines);
  const terminal = measuredTerminal({ project, columns, rows, argv });
  let clears = 0;
  await terminal.shows('I will put the retry');
  await pause(WARM_UP_MS);
  terminal.onData((data) => {
    for (const sequence of CLEARED) clears += data.split(sequence).length - 1;
  });
  const shares: number[] = [];
  const rates: number[] = [];
  for (let window = 0; window < WINDOWS; window += 1) {
    const [began, used, sent] = [performance.now(), processorTime(terminal.pid), terminal.bytes()];
    await pause(WINDOW_MS);
    const seconds = (performance.now() - began) / 1000;
    shares.push(((processorTime(terminal.pid) - used) / seconds) * 100);
    rates.push((terminal.bytes() - sent) / seconds / 1000);
  }
  const cleared = clears;
  await terminal.end();
  const what = lines === 0 ? `idle, ${slots} slots` : `${slots} slots × ${lines} lines/s`;
  return [
    { what: `${what} at ${columns}×${rows}: of a core`, goal: share, figure: median(shares), unit: '%' },
    { what: `${what}: written`, goal: rate, figure: median(rates), unit: 'KB/s' },
    { what: `${what}: cleared screens`, goal: 0, figure: cleared, unit: '' },
  ];
}
