import type { ReactElement } from 'react';
import { formatCount } from '../reporters/formats.js';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';

interface ConfirmQuitProps {
  readonly footer: Rectangle;
  /** How many slots work. */
  readonly working: number;
}

/** Asks how the run is to end. */
export function ConfirmQuit({ footer, working }: ConfirmQuitProps): ReactElement {
  const lines = [
    'What is merged lands either way. Ctrl-C again aborts now.',
    '',
    `d    drain: no further iteration begins, ${formatCount(working, 'iteration')} in work will finish`,
    'a    abort now: agents are ended, their work is salvaged, their tasks go back',
    'Esc  stay',
  ];
  return <Dialog title="End the run?" lines={lines} footer={footer} />;
}
