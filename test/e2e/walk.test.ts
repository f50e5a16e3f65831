import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { makeGitProject } from '../git-project.js';
import { type SteppedAgent, startSteppedAgents } from '../stepped-agents.js';
import { fileTasks } from './loop-run.js';
import { startInTerminal, type TerminalProgram } from './terminal-program.js';

interface Size {
  readonly columns: number;
  readonly rows: number;
}

const SMALL: Size = { columns: 80, rows: 24 };
const MIDDLE: Size = { columns: 120, rows: 40 };
const LARGE: Size = { columns: 200, rows: 50 };
/** The other sizes, of which only the first is tried where a view is but another one's variant. */
const OTHERS = new Map([
  [SMALL, [LARGE, MIDDLE]],
  [MIDDLE, [SMALL, LARGE]],
  [LARGE, [MIDDLE, SMALL]],
]);

const ESCAPE = '\u001B';
const ENTER = '\r';
const PATIENT = { timeout: 20_000, interval: 10 };

/** Keys that select a slot, and which. */
const WAYS: Readonly<Record<number, readonly (readonly [string, number])[]>> = {
  1: [],
  4: [
    ['\t', 2],
    [`${ESCAPE}[Z`, 1],
    [`${ESCAPE}[C`, 2],
    ['j', 4],
    ['h', 3],
    ['k', 1],
  ],
  16: [
    ['\t', 2],
    ['j', 3],
    [`${ESCAPE}[A`, 2],
    ['12', 12],
  ],
};

const OVER_SLOTS = { shows: /^ hew /, footer: / Enter open .*q quit$/ };

const TITLES = [
  'Add retry to the client',
  '日本語の長い題名がここに続きます',
  'Move 👍🏽 the 👨‍👩‍👧‍👦 logger',
  '1️⃣ x',
];
const LONG = ' that goes on for longer than any screen is wide'.repeat(5);

/** What is on the screen besides what all views have in common. */
interface View {
  readonly shows: RegExp;
  /** The last line. */
  readonly footer: RegExp;
  /** The title of what is said or asked over it; nothing is when there is none. */
  readonly dialog?: string;
}

/** A run that is walked through, in a terminal of a size. */
class Walk {
  readonly #terminal: TerminalProgram;
  readonly #size: Size;
  readonly #agents: readonly SteppedAgent[];
  #printed = 0;

  constructor(terminal: TerminalProgram, size: Size, agents: readonly SteppedAgent[]) {
    this.#terminal = terminal;
    this.#size = size;
    this.#agents = agents;
  }

  /** Presses keys, after which the view is there. */
  async press(keys: string, view: View): Promise<void> {
    this.#terminal.type(keys);
    await untilWhole(this.#terminal, view, this.#size);
  }

  /** Presses keys, after which the view is there, and stays when the screen gets another size and its own again. */
  async look(keys: string, view: View, sizes = OTHERS.get(this.#size)!.slice(0, 1)): Promise<void> {
    await this.press(keys, view);
    const before = restingScreen(this.#terminal);
    for (const size of [...sizes, this.#size]) {
      this.#terminal.resize(size.columns, size.rows);
      await untilWhole(this.#terminal, view, size);
    }
    await untilAsBefore(this.#terminal, before);
  }

  /** The screen gets another size, and its own again before hew may have seen that; then the view is there. */
  async shake(view: View): Promise<void> {
    const { columns, rows } = this.#size;
    this.#terminal.resize(columns - 1, rows - 1);
    this.#terminal.resize(columns, rows);
    await untilWhole(this.#terminal, view, this.#size);
  }

  /** All agents put out a line; resolves when those of the slots that are looked at are on the screen. */
  async print(...seen: readonly number[]): Promise<void> {
    const line = (this.#printed += 1);
    const { length } = TITLES;
    for (const agent of this.#agents)
      await agent.print(`line ${line} of ${agent.slot}, ${TITLES[line % length]}\n`);
    for (const slot of seen) await this.#terminal.until(`line ${line} of ${slot},`);
  }
}

/** Resolves when the view is there, and nothing is wrong with it. */
async function untilWhole(terminal: TerminalProgram, view: View, size: Size): Promise<void> {
  await expect.poll(() => faultsOf(terminal, view, size), PATIENT).toEqual([]);
}

/** Resolves when the same is on the screen as before. */
async function untilAsBefore(terminal: TerminalProgram, before: string): Promise<void> {
  await expect.poll(() => restingScreen(terminal), PATIENT).toBe(before);
}

/** The screen while nothing happens: without times, and the spaces and rules that they shorten. */
function restingScreen(terminal: TerminalProgram): string {
  const text = terminal.screen().join('\n');
  return text.replaceAll(/\b(\d+[hms])+\b/g, 'TIME').replaceAll(/ {2,}|─+/g, ' ');
}

/** What is wrong with what is on a screen of that size. */
function faultsOf(terminal: TerminalProgram, view: View, size: Size): readonly string[] {
  const lines = terminal.screen();
  const rules = lines.filter((line) => /──|══/.test(line));
  const dialog = lines.slice(1).flatMap((line) => /^══ (.*?) ═/.exec(line)?.[1] ?? []);
  const beside = new Set(rules.map(beginnings).filter((columns) => columns !== '0'));
  return [
    ...(lines.length === size.rows ? [] : [`there are ${lines.length} lines`]),
    ...(terminal.overlong === 0 ? [] : [`${terminal.overlong} lines are too wide`]),
    ...(view.shows.test(lines.join('\n')) ? [] : [`${view.shows.source} is not there`]),
    ...(view.footer.test(lines.at(-1) ?? '') ? [] : [`${lines.at(-1)} is no footer`]),
    ...(dialog.join() === (view.dialog ?? '') ? [] : [`the dialog is ${dialog.join()}`]),
    ...(beside.size < 2 ? [] : [`panes begin at ${[...beside].join(' and ')}`]),
    ...rules.filter((line) => stringWidth(line) !== size.columns).map((line) => `${line} is not as wide`),
  ];
}

/** At which columns the rules of panes begin that stand side by side. */
function beginnings(line: string): string {
  const gaps = [...line.matchAll(/ {2}(?=[▶─]\d)/g)];
  return [0, ...gaps.map(({ index }) => stringWidth(line.slice(0, index)) + 2)].join(' ');
}

describe('hew tui', () => {
  it.each([
    [SMALL, 16],
    [MIDDLE, 4],
    [LARGE, 1],
  ])(
    'shows every view whole at %o with %i slots, also after a resize',
    { timeout: 120_000 },
    async (size, slots) => {
      await using project = await makeGitProject({
        files: { 'README.md': '', '.hew.toml': '[gate]\ntest = "echo the gate has run"\n' },
      });
      const titles = Array.from({ length: slots + 2 }, (_, index) => `${TITLES[index % 4]}${LONG}`);
      await fileTasks(project, ...titles.map((title) => ({ title })));
      await using stepped = await startSteppedAgents();
      const argv = ['tui', '--jobs', String(slots), '--agent-command', stepped.command];
      using terminal = startInTerminal(project, argv, size);
      const first = await stepped.next({ task: 'app-1' });
      const others = Array.from({ length: slots - 1 }, (_, index) => stepped.next({ slot: index + 2 }));
      await first.write('app-1.txt', 'done\n');
      await first.print('the first try\n');
      await first.close();
      const agents = [await stepped.next({ slot: 1 }), ...(await Promise.all(others))];
      const { task } = agents[0]!;

      const walk = new Walk(terminal, size, agents);
      const all = OTHERS.get(size);
      const tasks = agents.map((agent) => `(?=[^]*${agent.task} )`).join('');
      /** The slots, each with its task, of which one is selected. */
      const dashboard = (selected: number): View => ({
        shows: new RegExp(`^ hew .* 1 left ${tasks}[^]*▶ *${selected} `),
        footer: / Enter open .*q quit$/,
      });
      await walk.press('', dashboard(1));
      await walk.print(...agents.map((_, index) => index + 1));
      await walk.look('', dashboard(1), all);
      for (const [keys, slot] of WAYS[slots]!) await walk.press(keys, dashboard(slot));
      if (slots > 1) {
        await walk.look(String(slots), dashboard(slots), all);
        await walk.press('1', dashboard(1));
      }

      for (const [key, dialog] of [
        ['?', 'keys'],
        ['q', 'End the run?'],
        ['a', 'Abort the run?'],
        ['x', `Abort this iteration of ${task}?`],
        ['s', `Skip ${task} in this run?`],
        ['D', 'Drain the run?'],
      ] as const) {
        await walk.look(key, { ...OVER_SLOTS, dialog });
        await walk.press(ESCAPE, dashboard(1));
      }
      await walk.press('n', { ...dashboard(1), footer: /: _ {3}Enter sends, Esc leaves$/ });
      await walk.look(`Use ${LONG}`, { ...dashboard(1), footer: /wide_ {3}Enter sends, Esc leaves$/ });
      await walk.press(ESCAPE, dashboard(1));

      for (const [key, shows] of [
        ['t', /^══ queue ═/],
        ['m', /^══ merges ═/],
        ['o', /^══ worktrees ═(?![^]* … +… )(?![^]*looks for worktrees)(?![^]* w10 [^]* w9 )/],
      ] as const) {
        const list = { shows, footer: /^ j k PgUp .*Esc back$/ };
        await walk.look(key, list);
        await walk.look('?', { ...list, dialog: 'keys' });
        await walk.press('z', list);
      }
      await walk.press(ESCAPE, dashboard(1));

      const reading = ({ source }: RegExp): View => ({
        shows: new RegExp(`^══ 1 [^]*${source}`),
        footer: /^ Esc back .*\? keys$/,
      });
      const transcript = reading(/, try 1 ═+ transcript/);
      await walk.press(ENTER, transcript);
      await walk.print(1);
      await walk.look('', transcript);
      await walk.shake(transcript);
      await walk.look('?', { ...transcript, dialog: 'keys' });
      await walk.press('z', transcript);
      await walk.press('/', reading(/\n \/_/));
      await walk.look('line 1', reading(/\n \/line 1_/));
      await walk.look(ENTER, reading(/\n▶.*line 1 of 1/));
      await walk.look('f', reading(/new lines stay in sight/));
      await walk.look('[', reading(/ 1 of 2\n[^]*the first try/));
      await walk.look('g', reading(/gate log .* 1 of 2\n[^]*the gate has run/));
      await walk.look(']', reading(/ 2 of 2\n[^]*line 2/));
      await agents[0]!.write('app-1.txt', 'a new line\n');
      await walk.look('d', reading(/diff .* 2 of 2\n[^]*\+a new line/));
      await walk.press(ESCAPE, dashboard(1));
      await walk.print(1);

      await walk.press('q', { ...OVER_SLOTS, dialog: 'End the run?' });
      await walk.look('a', { shows: /ended: cancelled/, footer: /any (other )?key leaves/ }, all);
      terminal.type('q');
      expect(await terminal.exitCode()).toBe(130);
    },
  );
});
