import type { ReactElement } from 'react';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { Place } from './place.js';
import { fit, spread } from './screen-text.js';

interface DialogProps {
  readonly title: string;
  readonly lines: readonly string[];
  /** The footer: the dialog stands right above it, as wide as the screen. */
  readonly footer: Rectangle;
}

/** Something that is said or asked, over what is drawn elsewhere. */
export function Dialog({ title, lines, footer }: DialogProps): ReactElement {
  const { width } = footer;
  const shown = inRoom(
    lines.flatMap((line) => wrapped(line, width - 1)),
    Math.max(0, footer.y - 2),
  );
  const height = Math.min(footer.y, shown.length + 2);
  return (
    <Place at={{ x: 0, y: footer.y - height, width, height }}>
      <Line text={spread(`══ ${title} `, '', width, '═')} tone="selected" />
      {shown.map((line, index) => (
        <Line key={index} text={fit(` ${line}`, width)} />
      ))}
      <Line text={'═'.repeat(width)} tone="strong" />
    </Place>
  );
}

/** A line that is too long goes on below the text that stands beside its key. */
function wrapped(line: string, width: number): readonly string[] {
  if (stringWidth(line) <= width) return [line];
  const [head] = /^(?:\S.*? {2,}| +)?/.exec(line) ?? [''];
  const indent = head.length < width / 2 ? head.length : 0;
  const rows = wrapAnsi(line.slice(indent), Math.max(1, width - indent), { hard: true }).split('\n');
  return rows.map((row, index) => (index === 0 ? line.slice(0, indent) : ' '.repeat(indent)) + row);
}

/** The last line stays: it says which keys answer. */
function inRoom(lines: readonly string[], room: number): readonly string[] {
  if (lines.length <= room) return lines;
  const told = lines.filter((line) => line !== '');
  return room === 0 ? [] : [...told.slice(0, -1).slice(0, room - 1), ...told.slice(-1)];
}
