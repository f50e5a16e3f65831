import { Text } from 'ink';
import { memo, type ReactElement } from 'react';

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
  // Ink gives an empty text no height.
  return (
    <Text wrap="truncate-end" {...STYLES[tone]}>
      {text === '' ? ' ' : text}
    </Text>
  );
});
