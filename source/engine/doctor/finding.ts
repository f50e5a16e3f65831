/** Something that a run needs or may use, as it was found on this machine. */
export interface Finding {
  readonly kind: 'agent' | 'queue' | 'tool' | 'project';
  readonly name: string;
  /** The program or file; null when there is none. */
  readonly found_at: string | null;
  /** The numbers alone, such as `2.39.5`; null when it has none or did not tell. */
  readonly version: string | null;
  readonly usable: boolean;
  /** What to do so that it can be used; null when nothing is to be done. */
  readonly advice: string | null;
  /** What a person should know who uses it; null when there is nothing. */
  readonly note: string | null;
}

/** Whether a run can be made of what was found: an agent, a queue, and everything that each run needs. Pure. */
export function canRun(findings: readonly Finding[]): boolean {
  const usable = (kind: Finding['kind']): readonly boolean[] =>
    findings.filter((finding) => finding.kind === kind).map((finding) => finding.usable);
  return (
    usable('agent').includes(true) &&
    usable('queue').includes(true) &&
    usable('tool').every(Boolean) &&
    usable('project').every(Boolean)
  );
}
