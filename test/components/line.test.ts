import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { BUILT_MODULES } from '../built-modules.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a terminal of 16 colours is sent for an alarming line; what it can do is found out once in a process. */
async function alarm(color: boolean): Promise<string> {
  const script = `
    import { renderToString } from 'ink';
    import { createElement } from 'react';
    import { Line } from '${BUILT_MODULES}components/line.js';
    import { ThemeContext } from '${BUILT_MODULES}components/theme.js';
    const line = createElement(Line, { text: 'broken', tone: 'alarm' });
    const theme = { ascii: false, color: ${color} };
    process.stdout.write(renderToString(createElement(ThemeContext, { value: theme }, line)));`;
  const env = { FORCE_COLOR: '1', NODE_ENV: 'production' };
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, env });
  return stdout;
}

it('colours with the sixteen colours that every terminal has, or not at all', async () => {
  expect(await alarm(true)).toBe('\u001B[1m\u001B[31mbroken\u001B[39m\u001B[22m');
  expect(await alarm(false)).toBe('\u001B[1mbroken\u001B[22m');
});
