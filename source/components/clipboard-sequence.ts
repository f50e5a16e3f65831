import { Buffer } from 'node:buffer';

/** Terminals refuse what is much longer: xterm's limit is 100,000 bytes of base64. */
const MOST_BYTES = 72_000;

/** What asks a terminal to put a text into the clipboard (OSC 52); null when it is too long for one. Pure. */
export function clipboardSequence(text: string): string | null {
  const bytes = Buffer.from(text);
  return bytes.length > MOST_BYTES ? null : `\u001B]52;c;${bytes.toString('base64')}\u0007`;
}
