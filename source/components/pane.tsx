import { memo, type ReactElement } from 'react';
import stringWidth from 'string-width';
import type { LiveLine, SlotView } from '../engine/live-view.js';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { OUTPUT_MARKS, outputTone } from './output-line.js';
import { Place } from './place.js';
import { cut, screenText, spread } from './screen-text.js';
import {
  factsInWords,
  failureInWords,
  stateInWords,
  stepsInWords,
  subjectInWords,
  toolInWords,
} from './slot-words.js';

interface PaneProps {
  readonly at: Rectangle;
  readonly view: SlotView;
  readonly selected: boolean;
  /** Whether facts and steps are shown; beside a table they stand in it already. */
  readonly details: boolean;
  /** How often a task is tried. */
  readonly attempts: number;
  readonly checkingBase: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** One slot live: a rule with its task and state, its facts, its steps, and the last lines of its agent or gate. */
export const Pane = memo(function Pane(props: PaneProps): ReactElement {
  const { at, view, selected, now } = props;
  const details = props.details ? detailLines(props) : [];
  const room = Math.max(0, at.height - 1 - details.length);
  const shown = room === 0 ? [] : view.lines.slice(-room);
  const tone = selected ? 'selected' : 'strong';
  return (
    <Place at={at}>
      <Line text={ruleLine(view, selected, props.checkingBase, at.width, now)} tone={tone} />
      {details.map((text, index) => (
        <Line key={`detail ${index}`} text={text} tone="dim" />
      ))}
      {shown.map((line, index) => (
        <Line key={index} text={outputLine(line, at.width)} tone={outputTone(line.kind)} />
      ))}
    </Place>
  );
});

function ruleLine(
  view: SlotView,
  selected: boolean,
  checkingBase: boolean,
  width: number,
  now: number,
): string {
  const state = ` ${screenText(stateInWords(view, checkingBase, now))}`;
  const head = `${selected ? '▶' : '─'}${view.state.slot} `;
  const subject = subjectInWords(view);
  // The beginning of the subject must be seen, whatever the state has to say.
  const least = Math.floor(width / 2);
  const right = cut(state, Math.max(least, width - head.length - stringWidth(subject) - 1));
  const left = cut(subject, width - head.length - stringWidth(right) - 1);
  return spread(`${head}${left} `, right, width, '─');
}

/** Facts and steps, and in a taller pane why the attempt before has failed. */
function detailLines(props: PaneProps): readonly string[] {
  const failure = props.at.height < 6 ? null : failureInWords(props.view);
  const lines = factAndStepLines(props);
  return failure === null ? lines : [...lines, cut(` ${failure}`, props.at.width)];
}

/** From so many columns on the tokens are told apart. */
const WIDE = 90;

/** Two lines, or one where both fit into it; where there is hardly room, only how far the iteration is. */
function factAndStepLines({ at, view, attempts, now }: PaneProps): readonly string[] {
  const facts = factsInWords(view, attempts, now, at.width >= WIDE);
  const steps = stepsInWords(view, now);
  if (facts === '' || at.height < 2) return [];
  if (steps === '') return [cut(` ${facts}`, at.width)];
  const tool = toolInWords(view);
  // Whether a tool is called must not move all that is below.
  if (stringWidth(` ${facts}   ${steps}`) <= at.width)
    return [spread(` ${facts}${tool}`, `   ${steps}`, at.width)];
  const stepLine = cut(` ${steps}${tool}`, at.width);
  return at.height < 4 ? [stepLine] : [cut(` ${facts}`, at.width), stepLine];
}

/** A line is drawn many times while it moves up, and made fit for the screen only once. */
const cuts = new WeakMap<LiveLine, { readonly width: number; readonly text: string }>();

function outputLine(line: LiveLine, width: number): string {
  const known = cuts.get(line);
  if (known?.width === width) return known.text;
  const text = cut(` ${OUTPUT_MARKS[line.kind]}${screenText(line.text)}`, width).trimEnd();
  cuts.set(line, { width, text });
  return text;
}
