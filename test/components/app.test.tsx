import { render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import stringWidth from 'string-width';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { App } from '../../source/components/app.js';
import type { ScreenSize } from '../../source/components/draw-screen.js';
import type { Visit, VisitPort } from '../../source/components/visit.js';
import type { ScreenData } from '../../source/components/screen-data.js';
import type { Control } from '../../source/engine/controls.js';
import { summarise } from '../../source/engine/summary.js';
import { summaryText } from '../../source/reporters/summary-text.js';
import { exampleBodies, exampleState } from '../example-run.js';
import { emulateTerminal } from './emulated-terminal.js';
import { EXAMPLE_NOW, LiveExample } from './live-example.js';

const TAB = '\t';
const DOWN = '\u001B[B';
const CTRL_C = '\u0003';

/** The app over a run that is told what the keys ask of it. */
class Harness {
  readonly run = new LiveExample(4);
  readonly controls: Control[] = [];
  readonly visited: Visit[] = [];
  readonly visits: VisitPort = {
    hasEditor: true,
    open: async (visit) => {
      this.visited.push(visit);
      return 'vim has ended with 1';
    },
  };
  summary: string | null = null;
  stories: string[] = [];
  left: string[] = [];

  constructor() {
    for (const slot of [1, 2, 3, 4]) this.run.begin(slot, `app-${slot}`);
  }

  broken = false;

  readonly pull = (): ScreenData => {
    if (this.broken) throw new Error('nothing right');
    return {
      live: this.run.view.snapshot(),
      news: [],
      summary: this.summary,
      free_disk_bytes: null,
      now: EXAMPLE_NOW,
    };
  };

  /** Ends the run of the example, whose tasks have stories to tell. */
  endExample(): void {
    const state = exampleState(exampleBodies());
    for (const id of state.tasks.keys()) this.run.begin(1, id);
    this.summary = summaryText(summarise(state, new Date(EXAMPLE_NOW)), { columns: 80 });
  }

  readonly control = (control: Control): void => {
    this.controls.push(control);
    if (control.type === 'pauseSlot') this.run.tell({ type: 'slot.paused', slot: control.slot });
    if (control.type === 'resumeSlot') this.run.tell({ type: 'slot.resumed', slot: control.slot });
  };

  readonly draw = (size: ScreenSize): ReactElement => (
    <App
      {...size}
      pull={this.pull}
      control={this.control}
      onLeave={(how) => this.left.push(how)}
      transcripts={{ open: async () => ({ kind: 'missing', why: 'nothing to read' }) }}
      worktrees={{ open: () => ({ [Symbol.dispose]: () => {} }), prune: () => {} }}
      story={async (task, columns) => {
        this.stories.push(`${task} ${columns}`);
        return ` ${task}  \u001B[31mall\n  TRY 1/2 ${task}\n  gate RED: npm test`;
      }}
      visits={this.visits}
      copy={() => true}
    />
  );
}

describe('App', () => {
  it('draws what a key has done', async () => {
    const harness = new Harness();
    const { lastFrame, stdin, unmount } = render(harness.draw({ columns: 100, rows: 24 }));
    const frame = (): string => stripVTControlCharacters(lastFrame() ?? '');
    // Ink takes keys when its effects have run.
    await expect.poll(() => stdin.listenerCount('readable')).toBeGreaterThan(0);
    await expect.poll(frame).toContain('▶1 app-1');
    stdin.write(TAB);
    await expect.poll(frame).toContain('▶2 app-2');
    stdin.write('p');
    await expect.poll(frame).toContain('then PAUSE');
    expect(harness.controls).toEqual([{ type: 'pauseSlot', slot: 2 }]);
    await expect.poll(frame).toContain('p resume slot');
    stdin.write('p');
    await expect.poll(frame).toContain('slot 2 goes on');
    stdin.write('?');
    await expect.poll(frame).toContain('any key closes this');
    stdin.write('z');
    await expect.poll(frame).not.toContain('any key closes this');
    // As a screen that was slow reads Escape and the key after it.
    stdin.write('?');
    await expect.poll(frame).toContain('any key closes this');
    stdin.write('\u001B4');
    await expect.poll(frame).toContain('▶4 app-4');
    expect(frame()).not.toContain('any key closes this');
    stdin.write('a');
    await expect.poll(frame).toContain('Abort the run?');
    stdin.write('n');
    await expect.poll(frame).not.toContain('Abort the run?');
    stdin.write(CTRL_C);
    await expect.poll(frame).toContain('End the run?');
    stdin.write(CTRL_C);
    await expect.poll(frame).toContain('agents are being ended');
    expect(harness.controls.at(-1)).toEqual({ type: 'abortRun' });
    expect(harness.left).toEqual([]);
    stdin.write(CTRL_C);
    await expect.poll(() => harness.left).toEqual(['at_once']);
    unmount();
  });

  it.each([
    [
      'x',
      'Abort this iteration of app-2?',
      'app-2 goes back to the queue',
      'slot 2 ends its iteration of app-2',
    ],
    ['s', 'Skip app-2 in this run?', 'this run leaves it alone', 'app-2 is left alone by this run'],
    ['D', 'Drain the run?', '4 iterations in work will finish', 'no further iteration begins; those in work'],
    ['q', 'End the run?', '4 iterations in work will finish', 'no further iteration begins; those in work'],
  ])('asks before %s does anything, and tells what it has done', async (key, title, about, done) => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    const screen = async (): Promise<string> => (await terminal.screen()).join('\n');
    expect(await screen()).toContain('▶1 app-1');
    terminal.press('2');
    terminal.press(key);
    expect(await screen()).toContain(title);
    expect(await screen()).toContain(about);
    terminal.press('n');
    expect(await screen()).not.toContain(title);
    expect(harness.controls).toEqual([]);
    terminal.press(key);
    terminal.press(key === 'q' ? 'd' : 'y');
    expect(await screen()).not.toContain(title);
    expect(await screen()).toContain(done);
    expect(harness.controls).toHaveLength(1);
  });

  it('aborts nothing after an Esc that comes together with the next key', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    const screen = async (): Promise<string> => (await terminal.screen()).join('\n');
    expect(await screen()).toContain('▶1 app-1');
    terminal.press('q');
    expect(await screen()).toContain('End the run?');
    terminal.press('\u001Ba');
    expect(await screen()).toContain('Abort the run?');
    expect(harness.controls).toEqual([]);
  });

  it('takes a note in the line of the keys, whose end stays in sight', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    const last = async (): Promise<string> => (await terminal.screen()).at(-1) ?? '';
    expect(await last()).toContain('q quit');
    terminal.press('n');
    expect(await last()).toBe(' note for app-1: _   Enter sends, Esc leaves');
    terminal.press('Use 日本 🇩🇪');
    expect(await last()).toBe(' note for app-1: Use 日本 DE_   Enter sends, Esc leaves');
    terminal.press(` ${'語'.repeat(60)} end`);
    expect(await last()).toMatch(/^….*語 end_ {3}Enter sends, Esc leaves$/);
    expect(stringWidth(await last())).toBeLessThanOrEqual(80);
    terminal.press('\r');
    expect(await last()).toContain('q quit');
    expect((await terminal.screen()).join('\n')).toContain('it goes into the next prompt of app-1');
    expect(harness.controls).toMatchObject([{ type: 'noteTask', to: { task: 'app-1' } }]);
    expect(JSON.stringify(harness.controls)).toContain('Use 日本 🇩🇪 語');
  });

  it('says what is tried again, and lists every key within the smallest screen', async () => {
    const harness = new Harness();
    harness.run.end(1, 'app-1', 'gate_red', 'failed');
    using terminal = emulateTerminal(80, 24, harness.draw);
    expect((await terminal.screen()).join('\n')).toContain('▶1');
    terminal.press('r');
    expect((await terminal.screen()).join('\n')).toContain('app-1 is taken again when a slot is free');
    terminal.press('?');
    const help = (await terminal.screen()).join('\n');
    for (const key of ['x s', 'r', '+ - b', 'n', 'e', 'D a', 'q Ctrl-C'])
      expect(help).toContain(`\n ${key}  `);
    expect(help).toContain('any key closes this');
  });

  it('opens a program in the worktree, once asked which, and says how it has ended', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    const screen = async (): Promise<string> => (await terminal.screen()).join('\n');
    expect(await screen()).toContain('▶1');
    terminal.press('2');
    terminal.press('e');
    expect(await screen()).toMatch(/Open the worktree of slot 2 [^]*\$EDITOR[^]*\$SHELL/);
    expect(harness.visited).toEqual([]);
    terminal.press('e');
    expect(harness.visited).toMatchObject([{ program: 'editor', worker: 1 }]);
    expect(await screen()).toContain('vim has ended with 1');
    expect(await screen()).not.toContain('Open the worktree');
    terminal.press('\r');
    terminal.press('e');
    terminal.press('s');
    expect(harness.visited).toMatchObject([{ program: 'editor' }, { program: 'shell', worker: 1 }]);
  });

  it('takes several keys that come in one piece', async () => {
    const harness = new Harness();
    const { lastFrame, stdin, unmount } = render(harness.draw({ columns: 100, rows: 24 }));
    await expect.poll(() => stdin.listenerCount('readable')).toBeGreaterThan(0);
    stdin.write('\u001B[Z\u001B[Z');
    await expect.poll(() => stripVTControlCharacters(lastFrame() ?? '')).toContain('▶3 app-3');
    unmount();
  });

  it('takes those over the summary one after the other, each on what the one before has led to', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    await terminal.screen();
    harness.endExample();
    const screen = async (): Promise<string> => (await terminal.screen()).join('\n');
    await expect.poll(screen).toContain('FOR YOU');
    terminal.press('\t\r');
    await expect.poll(screen).toMatch(/^▶\S+ {2}all\n/);
    terminal.press('jj');
    await expect.poll(screen).toMatch(/▶ gate RED/);
    terminal.press('\u001B');
    await expect.poll(screen).toContain('FOR YOU');
    terminal.press('/Upgra\r\r');
    await expect.poll(screen).toMatch(/^▶app-2 {2}all\n/);
    // What is pasted into a text that is typed is no key.
    terminal.press('/');
    terminal.press('q\rq');
    await expect.poll(screen).toContain('/q q_');
    expect(harness.left).toEqual([]);
  });

  it('shows what has come since, without a key', async () => {
    const harness = new Harness();
    const { lastFrame, unmount } = render(harness.draw({ columns: 100, rows: 24 }));
    harness.run.line(3, 'something new');
    await expect.poll(() => lastFrame() ?? '').toContain('something new');
    unmount();
  });

  it('ends by itself, with what went wrong, when there is nothing right to draw', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    await terminal.screen();
    harness.broken = true;
    await expect(terminal.ended).rejects.toThrow('nothing right');
  });

  it('shows the summary at the end, until a key that does not scroll', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    expect((await terminal.screen()).join('\n')).toContain('▶1 app-1');
    harness.summary = summaryText(summarise(exampleState(exampleBodies()), new Date(EXAMPLE_NOW)), {
      columns: 80,
    });
    await expect.poll(async () => (await terminal.screen()).join('\n')).toContain('FOR YOU');
    const first = await terminal.screen();
    expect(first.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(first.at(-1)).toMatch(/^ 1-23 of \d+ .* any other key leaves/);
    expect(first[0]).toMatch(/^▶/);
    terminal.press('j');
    expect((await terminal.screen())[1]).toMatch(/^▶/);
    terminal.press('G');
    expect((await terminal.screen()).join('\n')).toContain('app-33');
    terminal.press(DOWN);
    terminal.press('k');
    expect(harness.left).toEqual([]);
    terminal.press('q');
    expect(harness.left).toEqual(['left']);
  });

  it('tells at the end the story of the task that the cursor is on, and finds text in both', async () => {
    const harness = new Harness();
    using terminal = emulateTerminal(80, 24, harness.draw);
    await terminal.screen();
    harness.endExample();
    const until = async (pattern: string | RegExp): Promise<void> => {
      await expect.poll(async () => (await terminal.screen()).join('\n')).toMatch(pattern);
    };
    await until('FOR YOU');
    for (const key of ['/', 'U', 'p', 'g', 'r', 'a']) terminal.press(key);
    await until('/Upgra_');
    terminal.press('\r');
    await until(/▶app-2 .*Upgrade/);
    terminal.press('\r');
    await until(/▶app-2 {2}all\n {2}TRY 1\/2 app-2\n {2}gate RED: npm test\n/);
    expect(harness.stories).toEqual(['app-2 80']);
    for (const key of ['/', 'r', 'e', 'd', '\r']) terminal.press(key);
    await until(/▶ gate RED/);
    terminal.press('x');
    await until('x does nothing here');
    terminal.press('\u001B');
    await until(/▶app-2 .*Upgrade/);
    expect(harness.left).toEqual([]);
    terminal.press('\u001B');
    await expect.poll(() => harness.left).toEqual(['left']);
  });
});
