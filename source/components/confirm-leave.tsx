import type { ReactElement } from 'react';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';

const LINES = [
  'd  leave this screen; the run goes on without it',
  'f  let the run finish: no further iteration begins, what is merged lands',
  'a  abort the run: agents are ended, their tasks go back to the queue',
  'n  go back',
];

/** Asks what is to become of a run that goes on in another process. */
export function ConfirmLeave({ footer }: { readonly footer: Rectangle }): ReactElement {
  return <Dialog title="Leave the run?" lines={LINES} footer={footer} />;
}
