import { Text } from 'ink';
import { memo, type ReactElement, useContext } from 'react';
import { asciiText } from '../reporters/ascii-text.js';
import { ThemeContext } from './theme.js';

/** How a line stands out. It never says what the words do not say. */
export type Tone = 'plain' | 'dim' | 'strong' | 'selected' | 'alarm' | 'added' | 'removed';

const STYLES: Readonly<Record<Tone, Parameters<typeof Text>[0]>> = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  selected: { inverse: true, bold: true },
  alarm: { color: 'red', bold: true },
  added: { color: 'green' },
  removed: { color: 'red' },
};

interface LineProps {
  /** Cut to the width of its place already. */
  readonly text: string;
  readonly tone?: Tone;
}

/** One line of the screen. One element a line: a changed line then costs the drawing of that line only. */
export const Line = memo(function Line({ text, tone = 'plain' }: LineProps): ReactElement {
  const { ascii, color } = useContext(ThemeContext);
  const { color: its, ...style } = STYLES[tone];
  const coloured = color && its !== undefined ? { color: its } : {};
  // Ink gives an empty text no height.
  return (
    <Text wrap="truncate-end" {...style} {...coloured}>
      {text === '' ? ' ' : ascii ? asciiText(text) : text}
    </Text>
  );
});
