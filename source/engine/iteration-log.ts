import { access } from 'node:fs/promises';
import { readerOf } from './agents/reader-of.js';
import { growingLog } from './growing-log.js';
import { plainLine } from './plain-line.js';
import type { AgentLine } from './ports.js';
import { readIterationRecord } from './run-files/iteration-record.js';
import { RunFileError } from './run-files/run-file-error.js';

/** Longer lines of a log are cut: nobody reads them in a terminal. */
const LINE_LENGTH = 2000;

/** Which of an iteration's logs, and where its record is. */
export interface IterationLogRequest {
  /** `iter-NNN.json`. */
  readonly path: string;
  readonly which: 'agent' | 'gate';
  /** Null for what is there now; else the lines that still come are waited for until it is true. */
  readonly isOver: (() => Promise<boolean>) | null;
}

/**
 * What an iteration's agent or gate has put out, as a screen shows it: no line of it can drive a terminal. Of the gate its run
 * on the worker's own tree comes first, then the one on the merged tree. Nothing comes where there is no such log.
 */
export async function* iterationLog(request: IterationLogRequest): AsyncGenerator<readonly AgentLine[]> {
  const { path, which, isOver } = request;
  const file = (suffix: string): string => path.replace(/json$/, suffix);
  if (which === 'agent') {
    const reader = readerOf(await runtimeOf(path));
    for await (const lines of growingLog(file('agent.jsonl'), isOver)) {
      yield lines.flatMap((line) => reader.read(line));
    }
    return;
  }
  const merged = file('merged-gate.log');
  // The merged tree is gated after the own one.
  const isOwnOver = isOver && (async () => (await exists(merged)) || (await isOver()));
  for (const log of [growingLog(file('gate.log'), isOwnOver), growingLog(merged, isOver)]) {
    for await (const lines of log) {
      yield lines.map((line) => ({ kind: 'result', text: plainLine(line, LINE_LENGTH) }));
    }
  }
}

/** A log is read as Claude's where nothing says whose it is, as it was before there were others. */
async function runtimeOf(record: string): Promise<string> {
  try {
    return (await readIterationRecord(record)).runtime_used ?? 'claude';
  } catch (error) {
    if (error instanceof RunFileError) return 'claude';
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
