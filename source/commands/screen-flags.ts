import process from 'node:process';
import type { Theme } from '../components/theme.js';

/** The flags of everything that shows a screen. */
export const SCREEN_FLAGS = {
  ascii: { type: 'boolean' },
  plain: { type: 'boolean' },
} as const;

/** The part of the help that tells of {@link SCREEN_FLAGS}. */
export const SCREEN_FLAGS_HELP = `
      --ascii                   draw with the signs of ASCII alone
      --plain                   print lines in place of a screen, as for a screen reader
`;

/** How the screen is to look. Colours are left out where NO_COLOR is set (no-color.org). */
export function themeOf({ ascii = false }: { readonly ascii?: boolean | undefined }): Theme {
  return { ascii, color: (process.env['NO_COLOR'] ?? '') === '' };
}
