import stringWidth from 'string-width';

/** Facts side by side, none of them broken: as many on a line as fit into `columns`. Pure. */
export function factLines(facts: readonly string[], columns: number): string {
  const lines: string[] = [];
  for (const fact of facts) {
    const longer = `${lines.at(-1) ?? ''}   ${fact}`;
    if (lines.length > 0 && stringWidth(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(` ${fact}`);
  }
  return lines.join('\n');
}
