import { readFile } from 'node:fs/promises';
import { ClaudeStream } from '../../../source/engine/agents/claude-stream.js';
import type { AgentLine } from '../../../source/engine/ports.js';

/** What a recording of the real program was read as. */
export interface ReadRecording {
  readonly stream: ClaudeStream;
  readonly shown: readonly AgentLine[];
}

/** Reads `test/recordings/<name>.jsonl`, from which only long lists and ids were removed. */
export async function readRecording(name: string): Promise<ReadRecording> {
  const text = await readFile(new URL(`../../recordings/${name}.jsonl`, import.meta.url), 'utf8');
  const stream = new ClaudeStream();
  return { stream, shown: text.split('\n').flatMap((line) => stream.read(line)) };
}
