/** A file that the scripted agent writes. */
interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

/** One task of the demo's project, and what the scripted agent does for it. */
export interface DemoTask {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** 0 is first. */
  readonly priority: number;
  /** The names of the tasks that block it. */
  readonly after: readonly string[];
  /** What the agent looks at first. */
  readonly reads: readonly string[];
  readonly writes: readonly WrittenFile[];
  /** What it writes at its first try instead, without running any test. */
  readonly mistake?: WrittenFile;
  /** A change of a file that is there. */
  readonly edit?: { readonly path: string; readonly from: string; readonly to: string };
  /** A task that is worked on at the same time: neither goes on before both have begun. */
  readonly beside?: string;
}

function testFile(name: string, imports: string, check: string): WrittenFile {
  const words = name.replaceAll('-', ' ');
  return {
    path: `test/${name}.test.js`,
    text: `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n${imports}\n\ntest('${words}', () => {\n${check}\n});\n`,
  };
}

const GREETING = 'source/greeting.js';
const GREETING_LINE = "export const greeting = () => 'Welcome to the tea shop.';";

const TEST_COMMAND = 'node --test test/all.test.js';

/** The files of the demo's project before any task is done. */
export const DEMO_FILES: Readonly<Record<string, string>> = {
  'package.json': `${JSON.stringify({ name: 'tea-shop', private: true, type: 'module', scripts: { test: TEST_COMMAND } }, null, 2)}\n`,
  '.hew.toml': `# What \`npm test\` runs; named here so that npm need not be installed.\n[gate]\ntest = "${TEST_COMMAND}"\n`,
  'README.md': '# Tea shop\n\nA project that `hew demo` made.\n',
  'source/menu.js':
    "export const menu = [\n  { name: 'Assam', cents: 420 },\n  { name: 'Sencha', cents: 480 },\n  { name: 'Rooibos', cents: 390 },\n];\n",
  [GREETING]: `${GREETING_LINE}\n`,
  'test/all.test.js':
    "// Every test in one process: one for each would take longer than the tests.\nimport { readdir } from 'node:fs/promises';\n\nfor (const name of await readdir(new URL('.', import.meta.url))) {\n  if (name !== 'all.test.js') await import(`./${name}`);\n}\n",
  'test/menu.test.js': testFile(
    'menu',
    "import { menu } from '../source/menu.js';",
    "  assert.ok(menu.every(({ name, cents }) => name !== '' && cents > 0));",
  ).text,
};

/** A task that adds one module with its test. */
function moduleTask(
  told: Pick<DemoTask, 'name' | 'title' | 'description' | 'after' | 'reads'> & {
    readonly source: string;
    readonly exported: string;
    readonly check: string;
    readonly mistaken?: string;
  },
): DemoTask {
  const { name, title, description, after, reads, source, exported, check, mistaken } = told;
  const path = `source/${name}.js`;
  const imports = `import { ${exported} } from '../${path}';`;
  return {
    name,
    title,
    description,
    after,
    reads,
    priority: 2,
    writes: [{ path, text: source }, testFile(name, imports, `  ${check}`)],
    ...(mistaken === undefined ? {} : { mistake: { path, text: mistaken } }),
  };
}

/** A task that changes the one line of the greeting: two of them cannot both be merged. */
function greetingTask(
  told: Pick<DemoTask, 'name' | 'title' | 'description' | 'beside'> & { to: string; check: string },
): DemoTask {
  const { to, check, ...about } = told;
  const imports = `import { greeting } from '../${GREETING}';`;
  return {
    ...about,
    priority: 1,
    after: [],
    reads: [GREETING],
    writes: [testFile(about.name, imports, `  ${check}`)],
    edit: { path: GREETING, from: GREETING_LINE, to },
  };
}

/** The demo's queue, in the order in which it is filed: blockers come before what they block. */
export const DEMO_TASKS: readonly DemoTask[] = [
  greetingTask({
    name: 'greet-by-name',
    title: 'Greet customers by name',
    description: 'greeting(name) says "Welcome to the tea shop, Ada." to Ada.',
    beside: 'greet-by-hour',
    to: 'export const greeting = (name) => `Welcome to the tea shop, ${name}.`;',
    check: "assert.match(greeting('Ada'), /Ada/);",
  }),
  greetingTask({
    name: 'greet-by-hour',
    title: 'Greet by the time of day',
    description: 'greeting({ hour }) says "Good morning." before noon.',
    beside: 'greet-by-name',
    to: "export const greeting = ({ hour }) => (hour < 12 ? 'Good morning.' : 'Welcome to the tea shop.');",
    check: "assert.equal(greeting({ hour: 9 }), 'Good morning.');",
  }),
  moduleTask({
    name: 'find',
    title: 'Look up a tea by its name',
    description: 'find(name) gives the tea of the menu; capitals do not matter.',
    after: [],
    reads: ['source/menu.js'],
    exported: 'find',
    source:
      "import { menu } from './menu.js';\n\nexport const find = (name) =>\n  menu.find((tea) => tea.name.toLowerCase() === name.toLowerCase());\n",
    check: "assert.equal(find('assam').cents, 420);",
  }),
  moduleTask({
    name: 'price',
    title: 'Write prices in dollars',
    description: 'price(420) is "$4.20".',
    after: [],
    reads: ['source/menu.js'],
    exported: 'price',
    source: 'export const price = (cents) => `$${(cents / 100).toFixed(2)}`;\n',
    check: "assert.equal(price(420), '$4.20');",
  }),
  moduleTask({
    name: 'discount',
    title: 'Take ten percent off',
    description: 'discount(cents) takes off 10 %, rounded to whole cents.',
    after: [],
    reads: ['source/menu.js'],
    exported: 'discount',
    source: 'export const discount = (cents) => Math.round(cents * 0.9);\n',
    mistaken: 'export const discount = (cents) => cents * 0.9;\n',
    check: 'assert.equal(discount(425), 383);',
  }),
  moduleTask({
    name: 'cart',
    title: 'Sum up a cart',
    description: 'cart(names) is the sum of their prices in cents.',
    after: ['find'],
    reads: ['source/find.js'],
    exported: 'cart',
    source:
      "import { find } from './find.js';\n\nexport const cart = (names) => names.reduce((sum, name) => sum + find(name).cents, 0);\n",
    check: "assert.equal(cart(['Assam', 'Rooibos']), 810);",
  }),
  moduleTask({
    name: 'points',
    title: 'Count loyalty points',
    description: 'A point for every whole dollar.',
    after: [],
    reads: [],
    exported: 'points',
    source: 'export const points = (cents) => Math.floor(cents / 100);\n',
    check: 'assert.equal(points(1290), 12);',
  }),
  moduleTask({
    name: 'hours',
    title: 'Know the opening hours',
    description: 'Open from 8 to 18, closed on Sundays.',
    after: [],
    reads: [],
    exported: 'isOpen',
    source: 'export const isOpen = (day, hour) => day !== 0 && hour >= 8 && hour < 18;\n',
    check: 'assert.ok(isOpen(1, 9) && !isOpen(0, 9) && !isOpen(1, 18));',
  }),
  moduleTask({
    name: 'board',
    title: 'Print the menu for the board',
    description: 'One line a tea, the name and the price in dollars.',
    after: ['price'],
    reads: ['source/menu.js', 'source/price.js'],
    exported: 'board',
    source:
      "import { menu } from './menu.js';\nimport { price } from './price.js';\n\nexport const board = () => menu.map(({ name, cents }) => `${name} ${price(cents)}`).join('\\n');\n",
    check: "assert.ok(board().includes('Sencha $4.80'));",
  }),
  moduleTask({
    name: 'tax',
    title: 'Add the sales tax',
    description: 'total(names) is the cart with 8 % of tax, in whole cents.',
    after: ['cart'],
    reads: ['source/cart.js'],
    exported: 'total',
    source:
      "import { cart } from './cart.js';\n\nexport const total = (names) => Math.round(cart(names) * 1.08);\n",
    check: "assert.equal(total(['Assam']), 454);",
  }),
  moduleTask({
    name: 'free-tea',
    title: 'Give a free tea at a hundred points',
    description: 'freeTeas(cents) is one for every hundred points.',
    after: ['points'],
    reads: ['source/points.js'],
    exported: 'freeTeas',
    source:
      "import { points } from './points.js';\n\nexport const freeTeas = (cents) => Math.floor(points(cents) / 100);\n",
    check: 'assert.equal(freeTeas(25_000), 2);',
  }),
  moduleTask({
    name: 'receipt',
    title: 'Print the receipt',
    description: 'The teas, and the total in dollars below them.',
    after: ['tax', 'price'],
    reads: ['source/tax.js', 'source/price.js'],
    exported: 'receipt',
    source:
      "import { price } from './price.js';\nimport { total } from './tax.js';\n\nexport const receipt = (names) => [...names, `Total ${price(total(names))}`].join('\\n');\n",
    check: "assert.ok(receipt(['Assam']).endsWith('Total $4.54'));",
  }),
];
