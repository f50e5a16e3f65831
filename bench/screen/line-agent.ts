import type { BenchProject } from '../bench-project.ts';
import { onOtherCore } from './measured-terminal.ts';

/** Prints as many lines a second as it is told, as an agent that speaks Claude's stream does: text, calls and results in turn. */
const AGENT = `#!/usr/bin/env node
process.stdin.resume();
const [rate] = process.argv.slice(2).map(Number);
const task = process.env.HEW_TASK_ID;
const tell = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
const usage = (count) => ({ input_tokens: 12, output_tokens: 40 + (count % 50), cache_read_input_tokens: 9000 });
let count = 0;
const next = () => {
  count += 1;
  const id = 'toolu_' + count;
  const text = 'line ' + count + ' of ' + task + ': I will put the retry in the transport, not in each caller.';
  const said = (content) => ({ type: 'assistant', message: { id: 'msg_' + count, model: 'sonnet', content: [content], usage: usage(count) } });
  if (count % 3 === 1) tell(said({ type: 'text', text }));
  else if (count % 3 === 2) tell(said({ type: 'tool_use', id, name: 'Bash', input: { command: 'npm test -- client ' + count } }));
  else tell({ type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 'toolu_' + (count - 1), content: count + ' passed in test/client.test.ts' }] } });
};
tell({ type: 'system', subtype: 'init', cwd: process.cwd(), model: 'sonnet' });
if (rate > 0) setInterval(next, 1000 / rate);
else { next(); setInterval(() => {}, 1 << 30); }
`;

/** The arguments of a \`hew tui\` whose agents put out so many lines a second for ever; with 0 one line and no more. */
export function lineAgents(project: BenchProject, slots: number, linesASecond: number): readonly string[] {
  project.fileTasks(slots);
  const agent = `${onOtherCore(project.script('agent.mjs', AGENT))} ${linesASecond}`;
  return ['tui', '--jobs', String(slots), '--no-gate', '--runtime', 'command', '--agent-command', agent];
}
