import { render } from 'ink';
import type { ReactElement } from 'react';

/** The size of a terminal. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where a screen is drawn and its keys come from. */
export interface ScreenStreams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** What is drawn on a terminal. */
export interface DrawnScreen {
  /** Draws it anew from the ground, in the terminal's present size. */
  redraw(): void;
  /** Gives the terminal back as it was. */
  unmount(): void;
  /** Resolves when what was to be drawn has been written. */
  flush(): Promise<void>;
  /** Settles when it is not drawn any more; rejects when it could not be drawn. */
  readonly ended: Promise<unknown>;
}

/** Draws on the whole terminal, in its alternate buffer, and again whenever its size changes. */
export function drawScreen(
  { stdin, stdout }: ScreenStreams,
  draw: (size: ScreenSize) => ReactElement,
): DrawnScreen {
  const element = (): ReactElement => draw({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const instance = render(element(), {
    stdin,
    stdout,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    // Ctrl-C is a key like any other; hew prints nothing by itself while the screen is there.
    exitOnCtrlC: false,
    patchConsole: false,
    // Data comes five times a second; a key is drawn at once.
    maxFps: 60,
  });
  // Before Ink's own listener, which draws at once: lines of the old width would wrap and move all others, and what was
  // drawn for the old size cannot be changed line by line into the new.
  const redraw = (): void => {
    instance.clear();
    instance.rerender(element());
  };
  stdout.prependListener('resize', redraw);
  return {
    redraw,
    unmount() {
      stdout.off('resize', redraw);
      instance.unmount();
    },
    flush: () => instance.waitUntilRenderFlush(),
    ended: instance.waitUntilExit(),
  };
}
