/** Tells of a line whether it holds the text; without a capital letter in the text, capitals do not matter. Pure. */
export function textMatcher(text: string): (line: string) => boolean {
  return text === text.toLowerCase()
    ? (line) => line.toLowerCase().includes(text)
    : (line) => line.includes(text);
}
