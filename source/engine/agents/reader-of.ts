import { AGENT_PROGRAMS } from './agent-programs.js';
import { ClaudeStream } from './claude-stream.js';
import type { OutputReader } from './output-reader.js';

/** What makes sense of a runtime's raw output; paths inside `cwd` are shown relative to it. */
export function readerOf(runtime: string, cwd: string | null = null): OutputReader {
  const program = AGENT_PROGRAMS.find((each) => each.runtime === runtime);
  // A program of the user's may say what Claude says, and plain text.
  return program?.reader(cwd) ?? new ClaudeStream();
}
