import { setTimeout as pause } from 'node:timers/promises';
import { makeBenchProject } from '../bench-project.ts';
import type { Part } from './figure.ts';
import { lineAgents } from './line-agent.ts';
import { measuredTerminal } from './measured-terminal.ts';

const PRESSES = 200;
const WARM_UP_MS = 10_000;
const ESCAPE = '\u001b';
/** What the help says and nothing else does. */
const HELP = 'any key closes this';
/** A heading that the help hides, and that is drawn again when it is closed. */
const BENEATH = '13 app-13';

/** How long it takes from a key to what it has changed on the screen, while sixteen agents put out lines. */
export const KEY_PART: Part = {
  name: 'key',
  about: `${PRESSES} keys under 16 slots × 60 lines/s`,
  measure: async () => {
    using project = makeBenchProject({ 'README.md': '# Bench\n' });
    const argv = lineAgents(project, 16, 60);
    const terminal = measuredTerminal({ project, columns: 200, rows: 50, argv });
    await terminal.shows('I will put the retry');
    await pause(WARM_UP_MS);
    const took: number[] = [];
    for (let press = 0; press < PRESSES; press += 1) {
      const shown = terminal.shows(HELP);
      const began = performance.now();
      terminal.pty.write('?');
      await shown;
      took.push(performance.now() - began);
      // What is read together with the next key is drawn once, and nothing of the help would be seen to come or go.
      const closed = terminal.shows(BENEATH);
      terminal.pty.write(ESCAPE);
      await closed;
      // At every moment of the time between two frames.
      await pause(150 + ((press * 37) % 200));
    }
    await terminal.end();
    took.sort((left, right) => left - right);
    const at = (share: number): number => took[Math.ceil(took.length * share) - 1] ?? Number.NaN;
    return [
      { what: 'key to screen, 99th percentile', goal: 50, figure: at(0.99), unit: 'ms' },
      { what: 'key to screen, median', goal: null, figure: at(0.5), unit: 'ms' },
    ];
  },
};
