// What the screen costs: hew as it is installed, the whole process, in a real pseudo-terminal, pinned to a core of its own; agents
// are not counted. Without arguments all parts are measured; with names of parts only those.
import { figureTable, type Part } from './screen/figure.ts';
import { DAY_PART } from './screen/day.ts';
import { KEY_PART } from './screen/key.ts';
import { LOAD_PARTS } from './screen/load.ts';
import { MEMORY_PART } from './screen/memory.ts';
import { START_PARTS } from './screen/start.ts';

const PARTS: readonly Part[] = [...LOAD_PARTS, KEY_PART, MEMORY_PART, DAY_PART, ...START_PARTS];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  const known = PARTS.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n');
  process.stderr.write(`There is no part ${unknown.join(', ')}. There are:\n${known}\n`);
  process.exitCode = 2;
} else {
  const figures = [];
  for (const part of PARTS) {
    if (names.length > 0 && !names.includes(part.name)) continue;
    process.stderr.write(`${part.name}: ${part.about}\n`);
    figures.push(...(await part.measure()));
  }
  process.stdout.write(`${figureTable(figures)}\n`);
  if (figures.some(({ goal, figure }) => goal !== null && figure > goal)) process.exitCode = 1;
}
