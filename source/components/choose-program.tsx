import type { ReactElement } from 'react';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';

const LINES = [
  'e    your editor ($VISUAL, else $EDITOR) on its folder',
  's    a shell ($SHELL) in it',
  'Esc  go back',
  '',
  'The run and the agent go on meanwhile; this screen is back when the program ends.',
];

interface ChooseProgramProps {
  readonly footer: Rectangle;
  /** Whose worktree it is. */
  readonly slot: number;
}

/** Asks what is to be opened in a worktree. */
export function ChooseProgram({ footer, slot }: ChooseProgramProps): ReactElement {
  return <Dialog title={`Open the worktree of slot ${slot}`} lines={LINES} footer={footer} />;
}
