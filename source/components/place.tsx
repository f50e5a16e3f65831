import { Box } from 'ink';
import type { PropsWithChildren, ReactElement } from 'react';
import type { Rectangle } from './layout.js';

/** Puts lines into a rectangle of the screen; what is drawn later covers what was drawn there before. */
export function Place({ at, children }: PropsWithChildren<{ readonly at: Rectangle }>): ReactElement {
  return (
    <Box
      position="absolute"
      left={at.x}
      top={at.y}
      width={at.width}
      height={at.height}
      flexDirection="column"
    >
      {children}
    </Box>
  );
}
