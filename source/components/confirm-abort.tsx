import type { ReactElement } from 'react';
import { formatCount } from '../reporters/formats.js';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';

interface ConfirmAbortProps {
  readonly footer: Rectangle;
  /** How many slots work. */
  readonly working: number;
}

/** Asks whether the run is to be aborted, and says what that does. */
export function ConfirmAbort({ footer, working }: ConfirmAbortProps): ReactElement {
  const agents =
    working === 0 ? 'No slot works now.' : `${formatCount(working, 'iteration')} in work will be ended.`;
  const lines = [
    agents,
    'Tasks in work go back to the queue, their work is kept.',
    'What is merged stays, and lands.',
    '',
    'y  abort      n  go on',
  ];
  return <Dialog title="Abort the run?" lines={lines} footer={footer} />;
}
