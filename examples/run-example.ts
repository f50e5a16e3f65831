// Makes a small project with eight tasks in a temporary folder and lets four example agents drain them:
// npm run example
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HEW = fileURLToPath(new URL('../dist/bin.js', import.meta.url));
const AGENT = fileURLToPath(new URL('example-agent.ts', import.meta.url));

/** Each task asks for one function; `after` names those whose functions it uses. */
const TASKS: readonly { readonly name: string; readonly after: readonly string[] }[] = [
  { name: 'add', after: [] },
  { name: 'negate', after: [] },
  { name: 'double', after: ['add'] },
  { name: 'subtract', after: ['add', 'negate'] },
  { name: 'isZero', after: [] },
  { name: 'equals', after: ['subtract', 'isZero'] },
  { name: 'square', after: [] },
  { name: 'cube', after: ['square'] },
];

const folder = mkdtempSync(join(tmpdir(), 'hew-example-'));
const project = join(folder, 'calculator');
mkdirSync(project);
const git = (...args: string[]): void => {
  execFileSync('git', ['-c', 'user.name=Example', '-c', 'user.email=example@localhost', ...args], {
    cwd: project,
    stdio: 'ignore',
  });
};
const hew = (...args: string[]): string =>
  execFileSync(process.execPath, [HEW, ...args], { cwd: project, encoding: 'utf8' });

writeFileSync(join(project, 'package.json'), '{ "type": "module", "scripts": { "test": "node --test" } }\n');
writeFileSync(
  join(project, 'calculator.test.js'),
  "import assert from 'node:assert';\nimport { test } from 'node:test';\n\ntest('numbers add up', () => assert.equal(1 + 1, 2));\n",
);
git('init', '--initial-branch=main');
git('add', '--all');
git('commit', '--message', 'First commit');

const ids = new Map<string, string>();
for (const { name, after } of TASKS) {
  const blockers = after.flatMap((blocker) => ['--blocked-by', ids.get(blocker) ?? '']);
  const printed = hew('task', 'new', `Write ${name}()`, ...blockers, '--json');
  ids.set(name, (JSON.parse(printed) as { id: string }).id);
}
process.stdout.write(`${hew('task', 'list')}\n`);

const command = `'${process.execPath}' '${AGENT}'`;
const run = spawnSync(
  process.execPath,
  [HEW, 'loop', 'run', '--jobs', '4', '--runtime', 'command', '--agent-command', command],
  { cwd: project, stdio: 'inherit' },
);
process.stdout.write(
  `\nThe project is in ${project}: cd there and look at it with git log --graph, or hew task list --all.\n`,
);
process.exitCode = run.status ?? 1;
