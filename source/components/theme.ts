import { createContext } from 'react';

/** What a terminal is taken to be able to show. */
export interface Theme {
  /** Only letters, digits and signs of ASCII are drawn with. */
  readonly ascii: boolean;
  /** Colours are used, the sixteen that every terminal has; what they say is said by words as well. */
  readonly color: boolean;
}

/** The theme of all lines below. */
export const ThemeContext = createContext<Theme>({ ascii: false, color: true });
