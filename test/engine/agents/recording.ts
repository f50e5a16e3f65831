import { readFile } from 'node:fs/promises';
import { ClaudeStream } from '../../../source/engine/agents/claude-stream.js';
import type { AgentLine } from '../../../source/engine/ports.js';

/** What a recording of the real program was read as. */
export interface ReadRecording {
  readonly stream: ClaudeStream;
  readonly shown: readonly AgentLine[];
}

/** The lines of `test/recordings/<name>.jsonl`, from which only long lists and ids were removed. */
export async function recordedLines(name: string): Promise<readonly string[]> {
  const text = await readFile(new URL(`../../recordings/${name}.jsonl`, import.meta.url), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** Reads a recording of Claude Code. */
export async function readRecording(name: string): Promise<ReadRecording> {
  const stream = new ClaudeStream();
  return { stream, shown: (await recordedLines(name)).flatMap((line) => stream.read(line)) };
}
