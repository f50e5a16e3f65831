/** The value of a line that is a JSON object; undefined for every other line. Pure. */
export function parseJsonLine(line: string): { readonly value: unknown } | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return { value: JSON.parse(line) as unknown };
  } catch (error) {
    // Not JSON: then it is plain text, which is no fault.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
