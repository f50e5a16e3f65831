import { Box, useInput } from 'ink';
import type { ReactElement } from 'react';
import { Dialog } from './dialog.js';

/** What is to become of a run that was cut, and of the start that has met it. */
export type CutRunChoice = 'resume' | 'abandon' | 'start' | 'quit';

interface CutRunProps {
  readonly columns: number;
  readonly rows: number;
  readonly run: string;
  /** What it still holds, as a part of a sentence; null when nothing. */
  readonly holds: string | null;
  readonly onChoose: (choice: CutRunChoice) => void;
}

const KEYS: Readonly<Record<string, CutRunChoice>> = { r: 'resume', a: 'abandon', n: 'start', q: 'quit' };

/** Asks what is to become of an earlier run that was cut, and says what each answer does. */
export function CutRun({ columns, rows, run, holds, onChoose }: CutRunProps): ReactElement {
  useInput((input, key) => {
    const choice = key.escape || (key.ctrl && input === 'c') ? 'quit' : KEYS[input];
    if (choice) onChoose(choice);
  });
  const lines = [
    `${run} was cut${holds === null ? '' : ` and ${holds}`}.`,
    '',
    'r  resume    go on with it: same slots and limits, unfinished tasks again',
    'a  abandon   give it up: tasks go back, work is kept, what is merged lands',
    'n  new run   start beside it and leave it as it is',
    'q  quit      do nothing',
  ];
  const footer = { x: 0, y: rows, width: columns, height: 0 };
  return (
    <Box width={columns} height={rows}>
      <Dialog title="A run was cut" lines={lines} footer={footer} />
    </Box>
  );
}
