import type { ReactElement } from 'react';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';

const LINES = [
  'Tab Shift-Tab   select the next slot, the one before',
  'arrows          select the slot above, below, beside',
  '1 … 16          select the slot with that number',
  'p               pause the slot: when its iteration has ended it takes no other;',
  '                p again lets it go on',
  'a               abort the run, after a question: agents are ended, their tasks',
  '                go back to the queue, what is merged stays and lands',
  'q  Ctrl-C       the same; a second Ctrl-C aborts at once. A screen of --attach they',
  '                leave, after a question: the run goes on',
  '',
  '▶ selected slot   ✓ went well   ✗ went wrong   a time alone: goes on   - to come',
  '> a tool of the agent   | the gate   ! an error',
  '',
  'any key closes this',
];

/** What the keys do and the signs mean. */
export function HelpDialog({ footer }: { readonly footer: Rectangle }): ReactElement {
  return <Dialog title="keys" lines={LINES} footer={footer} />;
}
