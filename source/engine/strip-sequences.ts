const ESC = '\u001b';
const BEL = '\u0007';

/** What may stand in the text of a sequence such as a window title: anything but another control's beginning. */
const BODY = `[^${BEL}${ESC}\u0080-\u009f]*`;

const SEQUENCES = new RegExp(
  [
    // Colours, cursor movements …: ends with a letter, which may be cut off.
    `(?:${ESC}\\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    // Titles, links, clipboard …: removed with their text where they have an end.
    `(?:${ESC}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])${BODY}(?:${BEL}|${ESC}\\\\|\u009c)`,
    `${ESC}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);

/**
 * Removes the control sequences of a terminal. Unlike `stripVTControlCharacters` of Node, which looks to the end of the
 * text for the end of each sequence, it takes time in proportion to the text, whatever somebody wrote into it. Pure.
 */
export function stripSequences(text: string): string {
  return text.replaceAll(SEQUENCES, '');
}
