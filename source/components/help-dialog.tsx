import type { ReactElement } from 'react';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';

const SIGNS = ['> a tool of the agent   | the gate   ! an error'];

const LIST_KEYS = [
  'j k Up Down     one row down, up          Space b PgDn PgUp  one page',
  'g G Home End    the first row, the last',
];

const LINES = {
  dashboard: [
    'Tab arrows hjkl select the next slot, one beside, below, above; 1 … 16',
    'Enter           read the slot in full: transcript, gate log, diff, search',
    'p P             pause the slot, all slots, after their iteration; again: go on',
    'x s             abort the iteration, skip its task in this run: asked once,',
    '                the work is salvaged, the task goes back to the queue',
    'r               retry the task that the slot has worked on last and not done',
    '+ - b           one slot more, one fewer after its iteration; raise a limit',
    "n               type a note for the next prompt of the slot's task",
    "e               a shell or $EDITOR in the slot's worktree; the run goes on",
    't m o           the queue; what was merged and what conflicts; all worktrees',
    'D a             drain: no further iteration; abort the run: both asked once',
    'q Ctrl-C        asks: drain, abort or stay; with --attach also to leave',
    '                A second Ctrl-C aborts, a third leaves without waiting',
    '',
    '▶ selected   ✓ went well   ✗ went wrong   a time alone: goes on   - to come',
    ...SIGNS,
    '',
    'any key closes this',
  ],
  focus: [
    'j k Up Down     one line down, up         Space b PgDn PgUp  one page',
    'Ctrl-d Ctrl-u   half a page               < > Home End G     begin, end',
    'Enter           unfold what is marked with +, fold it again',
    '/               search; n the next match, N the one before',
    'f               follow: what is new stays in sight',
    'g               the log of the gate, then that of the merge, then back',
    'd               what the worktree changes, and back',
    '[ ]             the iteration before, the next one',
    'c C             copy what the cursor is on, whole; the page',
    'Tab 1 … 16      another slot',
    'p P x s r D a e what they do over all slots',
    'Esc q           back to all slots',
    '',
    '. a message around the work   … lines of a result that are folded',
    ...SIGNS,
    '',
    'any key closes this',
  ],
  queue: [
    ...LIST_KEYS,
    'm o             the merges, the worktrees',
    'Esc q           back to all slots',
    '',
    'in work  a slot is at it       ready    in the order in which slots take them',
    'blocked  what it waits for     held     no slot takes it, and why',
    'done     the newest first',
    '',
    'any key closes this',
  ],
  merges: [
    ...LIST_KEYS,
    't o             the queue, the worktrees',
    'Esc q           back to all slots',
    '',
    'waits     for its turn to merge         merging    gated and merged just now',
    'merged    the newest first              conflict   a person has to resolve it',
    'caught up what was new on the branch that the run lands on',
    'would conflict  what two agents, or one and trunk, have committed by now',
    '',
    'any key closes this',
  ],
  worktrees: [
    ...LIST_KEYS,
    'x               remove the selected worktree, asked once: commits and files',
    '                that nothing else keeps are salvaged first, its branch stays',
    'X               the same for all orphans of this project',
    'r               look anew',
    'Esc q           back to all slots',
    '',
    'orphan   its run is over: it may be removed   parked   it waits for a person',
    'alive    its run goes on                      unclear  hew leaves it to you',
    'unknown  cannot be read in its project',
    'commits and files are those that nothing else keeps; those of other projects',
    'are never removed',
    '',
    'any key closes this',
  ],
} as const;

interface HelpDialogProps {
  readonly footer: Rectangle;
  readonly about: keyof typeof LINES;
}

/** What the keys do and the signs mean. */
export function HelpDialog({ footer, about }: HelpDialogProps): ReactElement {
  return <Dialog title="keys" lines={LINES[about]} footer={footer} />;
}
