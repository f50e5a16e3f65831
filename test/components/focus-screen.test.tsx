import { appendFile, writeFile } from 'node:fs/promises';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { App } from '../../source/components/app.js';
import { clipboardSequence } from '../../source/components/clipboard-sequence.js';
import type { Control } from '../../source/engine/controls.js';
import { NO_REDACTION } from '../../source/engine/redactor.js';
import { partsOf } from '../../source/engine/transcript/log-parts.js';
import { LogTranscript } from '../../source/engine/transcript/log-transcript.js';
import type { TranscriptSource } from '../../source/engine/transcript/transcript.js';
import { attempt } from '../example-run.js';
import { type TemporaryFolder, temporaryFolder } from '../temporary-folder.js';
import { type EmulatedTerminal, emulateTerminal } from './emulated-terminal.js';
import { EVIL_TEXTS, EXAMPLE_NOW, LiveExample } from './live-example.js';

const ESCAPE = '\u001B';
const ENTER = '\r';
const PAGE_UP = '\u001B[5~';

/** The app over a run whose iterations are files in a folder. */
class Harness {
  readonly run = new LiveExample(2);
  readonly copied: string[] = [];
  readonly controls: Control[] = [];
  readonly #folder: TemporaryFolder;

  constructor(folder: TemporaryFolder) {
    this.#folder = folder;
    this.run.begin(1, 'app-7', 'Fix time-zone bug');
  }

  /** The first try fails, the second begins. */
  tryAgain(): void {
    const failed = attempt('app-7', { end: 'gate_red', fate: null }).slice(2);
    const [begun] = attempt('app-7', { attempt: 2, end: 'merged', fate: 'merged' });
    this.run.tell(...failed, begun!);
  }

  path(kind: string, iteration = 1): string {
    return this.#folder.at(`${iteration}.${kind}`);
  }

  readonly source: TranscriptSource = {
    open: async ({ kind, worker, iteration }) => {
      const facts = { kind, cwd: null, redactor: NO_REDACTION };
      const transcript = await LogTranscript.open(this.path(kind, iteration), partsOf(facts));
      if (transcript === null) return { kind: 'missing', why: `no ${kind} of w${worker}` };
      return { kind: 'open', about: `app-${iteration}, try 1`, transcript };
    },
  };

  open(columns = 80, rows = 24): EmulatedTerminal {
    return emulateTerminal(columns, rows, (size) => (
      <App
        {...size}
        pull={() => ({
          live: this.run.view.snapshot(),
          news: [],
          summary: null,
          free_disk_bytes: null,
          now: EXAMPLE_NOW,
        })}
        control={(control) => this.controls.push(control)}
        onLeave={() => {}}
        transcripts={this.source}
        worktrees={{ open: () => ({ [Symbol.dispose]: () => {} }), prune: () => {} }}
        story={async () => ''}
        visits={{ hasEditor: false, open: async () => '' }}
        copy={(text) => {
          this.copied.push(text);
          return clipboardSequence(text) !== null;
        }}
      />
    ));
  }
}

/** The machine may have much else to do. */
const PATIENT = { timeout: 20_000, interval: 20 };

async function until(terminal: EmulatedTerminal, pattern: string | RegExp): Promise<readonly string[]> {
  await expect.poll(async () => (await terminal.screen()).join('\n'), PATIENT).toMatch(pattern);
  return terminal.screen();
}

/** So many numbered lines. */
function numbered(count: number, prefix = 'line'): string {
  return Array.from({ length: count }, (_, index) => `${prefix} ${index + 1} of it\n`).join('');
}

function message(type: 'assistant' | 'user', ...content: readonly object[]): string {
  return `${JSON.stringify({ type, message: { content } })}\n`;
}

describe('FocusScreen', () => {
  it('opens at the end, follows, scrolls, and goes back', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    await writeFile(harness.path('agent'), numbered(500));
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    const screen = await until(terminal, 'line 500 of it');
    expect(screen[0]).toMatch(/^══ 1 app-1, try 1 ═+ transcript {2}w0 iteration 1$/);
    expect(screen[1]).toBe('   line 480 of it');
    expect(screen.at(-2)).toMatch(/^ 9\d% .*FOLLOWS/);
    expect(screen.at(-1)).toContain('Esc back');
    await appendFile(harness.path('agent'), 'something new\n');
    await until(terminal, 'something new');
    terminal.press(PAGE_UP);
    await until(terminal, 'line 460 of it');
    await appendFile(harness.path('agent'), 'not to be seen\n');
    terminal.press('k');
    expect((await until(terminal, /▶ {2}line 479 of it/)).join('\n')).not.toMatch(/FOLLOWS|not to be seen/);
    terminal.press('f');
    await until(terminal, /not to be seen[^]*FOLLOWS/);
    terminal.press('<');
    expect((await until(terminal, /line 1 of it/))[1]).toBe('▶  line 1 of it');
    // A key that is held comes in one piece when the screen is slow.
    terminal.press('jjjj');
    await until(terminal, '▶  line 5 of it');
    terminal.press('G');
    await until(terminal, 'not to be seen');
    terminal.press(ESCAPE);
    await until(terminal, '▶1 app-7 Fix time-zone bug');
  });

  it('unfolds what a tool was given and has answered', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    const call = { type: 'tool_use', id: '1', name: 'Bash', input: { command: 'npm test' } };
    const answer = { type: 'tool_result', tool_use_id: '1', content: numbered(9) };
    await writeFile(harness.path('agent'), message('assistant', call) + message('user', answer));
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    expect((await until(terminal, 'line 9 of it')).slice(1, 6)).toEqual([
      '+> Bash npm test',
      '+    … 6 more',
      '     line 7 of it',
      '     line 8 of it',
      '▶    line 9 of it',
    ]);
    terminal.press(ENTER);
    expect((await until(terminal, 'line 1 of it'))[2]).toBe('-    line 1 of it');
    terminal.press(ENTER);
    await until(terminal, '… 6 more');
    terminal.press('k');
    terminal.press(ENTER);
    expect((await until(terminal, 'command: npm test')).slice(1, 3)).toEqual([
      '-> Bash npm test',
      '   . command: npm test',
    ]);
  });

  it('searches from where one is, on and back, and says what it has found', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    const answer = { type: 'tool_result', tool_use_id: '1', content: `the Needle\n${numbered(9, 'folded')}` };
    const log = numbered(300) + message('user', answer) + numbered(300, 'later');
    await writeFile(harness.path('agent'), log.replace('line 40 ', 'a NEEDLE '));
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    await until(terminal, 'later 300 of it');
    for (const key of '/needle') terminal.press(key);
    await until(terminal, ' /needle_');
    terminal.press(ENTER);
    // What was folded is shown, where it is what was searched.
    const found = await until(terminal, 'the Needle');
    expect(found[8]).toBe('-    the Needle');
    terminal.press('N');
    await until(terminal, 'a NEEDLE of it');
    terminal.press('N');
    await until(terminal, /the Needle[^]*found from the end back/);
    terminal.press('n');
    await until(terminal, /a NEEDLE of it[^]*found from the beginning on/);
    for (const key of '/nowhere') terminal.press(key);
    terminal.press(ENTER);
    await until(terminal, 'nowhere is nowhere here');
  });

  it("shows the gate's logs, the diff, and other iterations", async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    harness.tryAgain();
    await writeFile(harness.path('agent', 1), 'the first try\n');
    await writeFile(harness.path('agent', 2), 'the second try\n');
    await writeFile(harness.path('gate', 2), '> vitest run\n1 failed\n');
    await writeFile(harness.path('merged_gate', 2), 'of the merge\n');
    await writeFile(harness.path('diff', 2), 'diff --git a/x b/x\n@@ -1 +1 @@\n-old\n+new\n');
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    await until(terminal, /iteration 2 {2}2 of 2\n[^]*the second try/);
    terminal.press('g');
    await until(terminal, /gate log {2}w0[^]*1 failed/);
    terminal.press('g');
    await until(terminal, /gate log of the merge[^]*of the merge/);
    terminal.press('g');
    await until(terminal, 'the second try');
    terminal.press('d');
    expect((await until(terminal, /diff {2}w0/)).slice(1, 5)).toEqual([
      '▶  . diff --git a/x b/x',
      ' @@ -1 +1 @@',
      ' -old',
      ' +new',
    ]);
    terminal.press('[');
    await until(terminal, /1 of 2\n[^]*the first try/);
    terminal.press('g');
    await until(terminal, 'no gate of w0');
    terminal.press('[');
    await until(terminal, 'this is the first iteration of the slot');
    terminal.press(']');
    await until(terminal, 'the second try');
    terminal.press(']');
    await until(terminal, 'this is the newest iteration of the slot');
  });

  it('goes on with the next iteration while the newest is followed', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    await writeFile(harness.path('agent', 1), 'the first try\n');
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    await until(terminal, 'the first try');
    harness.tryAgain();
    await writeFile(harness.path('agent', 2), 'the second try\n');
    expect((await until(terminal, 'the second try'))[0]).toMatch(/ iteration 2 {2}2 of 2$/);
  });

  it('waits for what is not there yet, and reads another slot', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    await until(terminal, 'no agent of w0');
    await writeFile(harness.path('agent'), 'here it is\n');
    await until(terminal, 'here it is');
    terminal.press('2');
    await until(terminal, 'slot 2 has begun no iteration yet');
    terminal.press('1');
    expect((await until(terminal, 'here it is')).join('\n')).not.toContain('slot 2');
  });

  it('copies what the cursor is on, and the page', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    const answer = { type: 'tool_result', tool_use_id: '1', content: numbered(9) };
    await writeFile(harness.path('agent'), `first\n${message('user', answer)}`);
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    await until(terminal, 'line 9 of it');
    terminal.press('c');
    await until(terminal, '9 lines sent to the clipboard');
    expect(harness.copied).toEqual([numbered(9).trim()]);
    terminal.press('C');
    await until(terminal, '5 lines sent to the clipboard');
    expect(harness.copied[1]).toMatch(/^ {2}first\n {4}… 6 more\n/);
  });

  it('shows its keys, asks before it aborts, and keeps the keys of the run', async () => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    await writeFile(harness.path('agent'), numbered(50));
    using terminal = harness.open();
    await terminal.screen();
    terminal.press(ENTER);
    await until(terminal, 'line 50 of it');
    terminal.press('?');
    const help = await until(terminal, 'any key closes this');
    expect(help.join('\n')).toMatch(/unfold what is marked[^]*Esc q/);
    terminal.press('x');
    terminal.press('p');
    await until(terminal, 'slot 1 pauses when its iteration has ended');
    expect(harness.controls).toEqual([{ type: 'pauseSlot', slot: 1 }]);
    terminal.press('a');
    await until(terminal, 'Abort the run?');
    terminal.press('n');
    await until(terminal, 'line 50 of it');
  });

  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
    [30, 8],
  ])('fits %i×%i, whatever an agent has put out, and after a resize', async (columns, rows) => {
    await using folder = await temporaryFolder();
    const harness = new Harness(folder);
    const evil = EVIL_TEXTS.map((text) => message('assistant', { type: 'text', text })).join('');
    await writeFile(harness.path('agent'), `${evil}${EVIL_TEXTS.join('\n')}\nthe end\n`);
    using terminal = harness.open(columns, rows);
    await terminal.screen();
    terminal.press(ENTER);
    const screen = await until(terminal, 'the end');
    expect(screen.filter((line) => stringWidth(line) > columns)).toEqual([]);
    expect(screen[0]).toMatch(columns > 40 ? /^══ 1 app-1, try 1 ═/ : /^══/);
    expect(screen.at(-1)).toMatch(/^ Esc back/);
    terminal.resize(columns - 7, rows + 3);
    await until(terminal, 'the end');
    await expect.poll(async () => (await terminal.screen()).at(-1), PATIENT).toMatch(/^ Esc back/);
    expect((await terminal.screen()).filter((line) => stringWidth(line) > columns - 7)).toEqual([]);
  });
});

describe('clipboardSequence', () => {
  it('asks for what is no longer than a terminal takes', () => {
    expect(clipboardSequence('héllo')).toBe('\u001B]52;c;aMOpbGxv\u0007');
    expect(clipboardSequence('x'.repeat(72_000))?.length).toBeLessThan(100_000);
    expect(clipboardSequence('é'.repeat(40_000))).toBeNull();
  });
});
