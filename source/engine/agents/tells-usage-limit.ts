/** Sentences of Claude and Codex with which nothing but the end of a limit begins. */
const SENTENCE =
  /^\W*(?:Claude (?:AI )?usage limit reached|You['’]ve hit your (?:\w+ )?limit\b|\d+-hour limit reached)/i;

/** Whether a line of output is a program's own word that its account's limit is used up. Pure. */
export function tellsUsageLimit(line: string): boolean {
  return SENTENCE.test(line);
}
