import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Part } from './figure.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The memory at the end of a day, beside that of its first minute. */
export const DAY_PART: Part = {
  name: 'day',
  about: 'a simulated day of two million events, drawn',
  measure: async () => {
    // Inside the project, so that libraries are found.
    const folder = mkdtempSync(join(ROOT, 'node_modules', '.hew-bench-'));
    try {
      const program = join(ROOT, 'bench', 'screen', 'simulated-day.tsx');
      const bundle = ['-c', join(ROOT, 'rolldown.config.ts'), '--input', program, '--dir', folder];
      execFileSync(join(ROOT, 'node_modules', '.bin', 'rolldown'), bundle, { cwd: ROOT, stdio: 'ignore' });
      const told = execFileSync(process.execPath, ['--expose-gc', join(folder, 'simulated-day.js')], {
        encoding: 'utf8',
        env: { ...process.env, NODE_ENV: 'production', CI: '' },
      });
      const [events = 0, first = Number.NaN, last = Number.NaN, rss = Number.NaN] = told
        .trim()
        .split(' ')
        .map(Number);
      const growth = (last - first) / 1e6;
      return [
        {
          what: `heap after ${events} events, more than after a minute`,
          goal: 5,
          figure: growth,
          unit: 'MB',
        },
        { what: 'heap after collection at the end of the day', goal: 60, figure: last / 1e6, unit: 'MB' },
        { what: 'RSS at the end of the day', goal: null, figure: rss / 1e6, unit: 'MB' },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
