import type { ReactElement } from 'react';
import type { LiveSnapshot } from '../engine/live-view.js';
import { AskQuestion } from './ask-question.js';
import { ChooseProgram } from './choose-program.js';
import { ConfirmAbort } from './confirm-abort.js';
import { ConfirmLeave } from './confirm-leave.js';
import { ConfirmQuit } from './confirm-quit.js';
import { HelpDialog } from './help-dialog.js';
import type { Rectangle } from './layout.js';
import type { ScreenState } from './press-key.js';
import { RaiseLimit } from './raise-limit.js';

interface DialogsProps {
  readonly screen: Pick<ScreenState, 'dialog' | 'focus' | 'list' | 'selected' | 'raising'>;
  readonly live: LiveSnapshot;
  readonly footer: Rectangle;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is said or asked over everything else, if anything is. */
export function Dialogs({ screen, live, footer, now }: DialogsProps): ReactElement | null {
  const working = live.slots.filter(({ state }) => state.activity.kind === 'working').length;
  if (typeof screen.dialog === 'object') {
    return <AskQuestion question={screen.dialog} footer={footer} working={working} />;
  }
  switch (screen.dialog) {
    case 'none':
      return screen.raising && <RaiseLimit draft={screen.raising} {...{ live, footer, now }} />;
    case 'help':
      return (
        <HelpDialog
          footer={footer}
          about={screen.list?.kind ?? (screen.focus === null ? 'dashboard' : 'focus')}
        />
      );
    case 'visit':
      return <ChooseProgram footer={footer} slot={screen.selected} />;
    case 'leave':
      return <ConfirmLeave footer={footer} />;
    case 'quit':
      return <ConfirmQuit footer={footer} working={working} />;
    case 'abort':
      return <ConfirmAbort footer={footer} working={working} />;
  }
}
