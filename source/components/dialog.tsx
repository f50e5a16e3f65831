import type { ReactElement } from 'react';
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
  const shown = lines.slice(0, Math.max(0, footer.y - 2));
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
