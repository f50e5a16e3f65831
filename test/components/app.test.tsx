import { render } from 'ink-testing-library';
import type { ReactElement } from 'react';
import stringWidth from 'string-width';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { App } from '../../source/components/app.js';
import type { ScreenSize } from '../../source/components/draw-screen.js';
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
  summary: string | null = null;
  left = 0;

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
      onLeave={() => (this.left += 1)}
      transcripts={{ open: async () => ({ kind: 'missing', why: 'nothing to read' }) }}
      worktrees={{ open: () => ({ [Symbol.dispose]: () => {} }), prune: () => {} }}
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
    stdin.write('4');
    await expect.poll(frame).toContain('▶4 app-4');
    stdin.write('a');
    await expect.poll(frame).toContain('Abort the run?');
    stdin.write('n');
    await expect.poll(frame).not.toContain('Abort the run?');
    stdin.write(CTRL_C);
    stdin.write(CTRL_C);
    await expect.poll(frame).toContain('agents are being ended');
    expect(harness.controls.at(-1)).toEqual({ type: 'abortRun' });
    unmount();
  });

  it('takes several keys that come in one piece', async () => {
    const harness = new Harness();
    const { lastFrame, stdin, unmount } = render(harness.draw({ columns: 100, rows: 24 }));
    await expect.poll(() => stdin.listenerCount('readable')).toBeGreaterThan(0);
    stdin.write('\u001B[Z\u001B[Z');
    await expect.poll(() => stripVTControlCharacters(lastFrame() ?? '')).toContain('▶3 app-3');
    unmount();
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
    terminal.press('j');
    const second = await terminal.screen();
    expect(second[0]).toBe(first[1]);
    terminal.press('G');
    expect((await terminal.screen()).join('\n')).toContain('app-33');
    terminal.press(DOWN);
    terminal.press('k');
    expect(harness.left).toBe(0);
    terminal.press('q');
    expect(harness.left).toBe(1);
  });
});
