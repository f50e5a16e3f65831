import { memo, type ReactElement } from 'react';
import type { SlotView } from '../engine/live-view.js';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { Place } from './place.js';
import { fit, screenText } from './screen-text.js';
import { costInWords, stallInWords, stateWord, subjectInWords, timeInStep } from './slot-words.js';

/** The widths of the columns that are the same on every screen. */
const STATE = 8;
const TIME = 6;
const COST = 7;

interface Cells {
  readonly mark: string;
  readonly slot: string;
  readonly state: string;
  readonly time: string;
  readonly task: string;
  readonly cost: string;
  readonly now: string;
}

function rowLine(cells: Cells, width: number): string {
  const fixed = `${cells.mark} ${cells.slot.padStart(2)} ${fit(cells.state, STATE)} ${cells.time.padStart(TIME)} `;
  const rest = Math.max(0, width - fixed.length - COST - 2);
  const task = Math.ceil(rest * 0.55);
  return fit(`${fixed}${fit(cells.task, task)} ${cells.cost.padStart(COST)} ${cells.now}`, width);
}

/** What the columns of the rows are. */
export const RowHeading = memo(function RowHeading({ at }: { readonly at: Rectangle }): ReactElement {
  const cells = { mark: ' ', slot: '', state: 'state', time: 'time', task: 'task', cost: 'cost', now: 'now' };
  return (
    <Place at={at}>
      <Line text={rowLine(cells, at.width)} tone="dim" />
    </Place>
  );
});

interface RowProps {
  readonly at: Rectangle;
  readonly view: SlotView;
  readonly selected: boolean;
  readonly checkingBase: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One slot in one line, where there is no room for panes. */
export const Row = memo(function Row({ at, view, selected, checkingBase, now }: RowProps): ReactElement {
  const { state, lines } = view;
  const cells = {
    mark: selected ? '▶' : ' ',
    slot: String(state.slot),
    state: stateWord(view, checkingBase),
    time: timeInStep(view, now) ?? '',
    task: subjectInWords(view),
    cost: costInWords(view),
    now:
      state.activity.kind === 'working'
        ? (stallInWords(view, now) ?? screenText(lines.at(-1)?.text ?? ''))
        : '',
  };
  return (
    <Place at={at}>
      <Line text={rowLine(cells, at.width)} tone={selected ? 'selected' : 'plain'} />
    </Place>
  );
});
