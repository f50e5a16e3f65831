// Makes the README's pictures from a real run of the demo in a real pseudo-terminal: npm run pictures
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { svgOf } from './terminal-svg.ts';

const HEW = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));
const SIZE = { cols: 110, rows: 34 };
const { CI: _ci, ...env } = process.env;

const terminal = new xterm.Terminal({ ...SIZE, allowProposedApi: true });
const program = spawn(process.execPath, [HEW, 'demo'], { ...SIZE, env: { ...env, TERM: 'xterm-256color' } });
const ended = new Promise<void>((resolve) => program.onExit(() => resolve()));

/** The screen's text, once what has come is drawn. */
function textOf(): string {
  const { active } = terminal.buffer;
  return Array.from({ length: SIZE.rows }, (_, row) =>
    active.getLine(active.viewportY + row)?.translateToString(true),
  ).join('\n');
}

/** Resolves as soon as the screen shows what is waited for. */
function screenShows(wanted: (text: string) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = terminal.onWriteParsed(() => {
      if (!wanted(textOf())) return;
      look.dispose();
      resolve();
    });
  });
}

function save(name: string): void {
  writeFileSync(fileURLToPath(new URL(name, import.meta.url)), svgOf(terminal));
}

program.onData((data) => terminal.write(data));
const isBusy = (text: string): boolean =>
  /4 working\s+[3-9] merged/.test(text) && [...text.matchAll(/> (?:Bash|Edit|Write)/g)].length > 7;
await screenShows(isBusy);
save('dashboard.svg');
program.write('\r');
await screenShows((text) => text.includes('transcript') && text.includes('FOLLOWS'));
save('focus.svg');
program.write('\u001B');
await screenShows((text) => !text.includes('transcript'));
program.write('o');
// Sizes are measured one after the other.
await screenShows((text) => text.includes('══ worktrees') && [...text.matchAll(/\d+ kB/g)].length > 3);
save('worktrees.svg');
program.write('\u001B');
await screenShows((text) => /key leaves|leaves/.test(text));
save('summary.svg');
program.write('q');
await ended;
