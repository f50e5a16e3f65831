/**
 * The demo's agent as a program: `agent.js <pause in ms> <meeting folder> [claude's arguments]`. It takes its prompt from
 * stdin and prints its work as claude does; hew starts it as it would start claude.
 */
import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { text } from 'node:stream/consumers';

// It is started a dozen times.
enableCompileCache();
const [{ promptIn }, { runScriptedAgent }] = await Promise.all([
  import('./prompt-in.js'),
  import('./scripted-agent.js'),
]);
const [pause = '0', meeting = ''] = process.argv.slice(2);
await runScriptedAgent({
  prompt: promptIn(await text(process.stdin)),
  task: process.env['HEW_TASK_ID'] ?? '',
  attempt: Number(process.env['HEW_ATTEMPT'] ?? '1'),
  cwd: process.cwd(),
  pause_ms: Number(pause),
  meeting,
  write: (message) => void process.stdout.write(`${JSON.stringify(message)}\n`),
});
