// An agent without any model behind it: it writes the one function that its task asks for, with a test, commits both,
// and says that it is done. One of its first tries is wrong, as those of others are: the gate sends it back.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

/** What each function needs, does, and is tested by. */
const FUNCTIONS: Readonly<Record<string, readonly [uses: readonly string[], body: string, test: string]>> = {
  add: [[], '(a, b) => a + b', 'add(2, 3) === 5'],
  negate: [[], '(a) => -a', 'negate(4) === -4'],
  double: [['add'], '(a) => add(a, a)', 'double(21) === 42'],
  subtract: [['add', 'negate'], '(a, b) => add(a, negate(b))', 'subtract(5, 3) === 2'],
  isZero: [[], '(a) => a === 0', 'isZero(0) && !isZero(1)'],
  equals: [['subtract', 'isZero'], '(a, b) => isZero(subtract(a, b))', 'equals(7, 7) && !equals(7, 8)'],
  square: [[], '(a) => a * a', 'square(9) === 81'],
  cube: [['square'], '(a) => a * square(a)', 'cube(3) === 27'],
};

const prompt = await text(process.stdin);
const task = process.env['HEW_TASK_ID'] ?? '';
const name = /Write (\w+)\(\)/.exec(prompt)?.[1] ?? '';
const wanted = FUNCTIONS[name];
if (!wanted) {
  process.stdout.write(`blocked ${task}: it does not say which function to write\n`);
  process.exit(0);
}

const [uses, body, check] = wanted;
const isWrong = name === 'negate' && process.env['HEW_ATTEMPT'] === '1';
process.stdout.write(`Writing ${name}()\n`);
await pause(500 + Math.random() * 1500);
const imports = uses.map((used) => `import { ${used} } from './${used}.js';\n`).join('');
writeFileSync(`${name}.js`, `${imports}\nexport const ${name} = ${isWrong ? '(a) => a' : body};\n`);
writeFileSync(
  `${name}.test.js`,
  `import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { ${name} } from './${name}.js';\n\ntest('${name}', () => assert.ok(${check}));\n`,
);
execFileSync('git', ['add', '--all']);
execFileSync('git', ['commit', '--quiet', '--message', `Write ${name}()`]);
process.stdout.write(`closed ${task}\n`);
