import type { ReactElement } from 'react';
import { formatCount } from '../reporters/formats.js';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';
import type { Question } from './steered.js';

interface AskQuestionProps {
  readonly question: Question;
  readonly footer: Rectangle;
  /** How many slots work. */
  readonly working: number;
}

/** Asks whether something is to be done, and says what becomes of task and work. */
export function AskQuestion({ question, footer, working }: AskQuestionProps): ReactElement {
  const { title, lines, yes } = wordsOf(question, working);
  return <Dialog title={title} lines={[...lines, '', `y  ${yes}      Esc  go on`]} footer={footer} />;
}

interface Words {
  readonly title: string;
  readonly lines: readonly string[];
  readonly yes: string;
}

function wordsOf(question: Question, working: number): Words {
  switch (question.type) {
    case 'abortSlot':
      return {
        title: `Abort this iteration of ${question.task}?`,
        lines: [
          `What slot ${question.slot} is at is ended, its work is salvaged, the slot takes another task.`,
          `${question.task} goes back to the queue; this run takes it again only when asked to (r).`,
        ],
        yes: 'abort the iteration',
      };
    case 'skipTask':
      return {
        title: `Skip ${question.task} in this run?`,
        lines: [
          'Its iteration is ended, its work is salvaged, the slot takes another task.',
          `${question.task} goes back to the queue; this run leaves it alone, unless asked (r).`,
        ],
        yes: 'skip the task',
      };
    case 'drainRun':
      return {
        title: 'Drain the run?',
        lines: [
          `No further iteration begins. ${formatCount(working, 'iteration')} in work will finish.`,
          'What is merged lands. This cannot be taken back.',
        ],
        yes: 'drain',
      };
  }
}
