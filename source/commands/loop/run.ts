import process from 'node:process';
import { systemClock } from '../../engine/clock.js';
import { dryRun } from '../../engine/dry-run.js';
import type { EventStream } from '../../engine/event-stream.js';
import { isDurable } from '../../engine/events.js';
import { JournalError } from '../../engine/journal-error.js';
import { preflight } from '../../engine/preflight.js';
import { type RunHandle, startRun } from '../../engine/run.js';
import { summarise } from '../../engine/summary.js';
import { jsonLine } from '../../reporters/json-lines.js';
import { plainLines } from '../../reporters/plain-lines.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { loopSettingsOf, RUN_FLAGS, RUN_FLAGS_HELP, startOptionsOf } from './run-flags.js';

const HELP = `
hew loop run [flags]    drains the queue: each task in a worktree of its own, merged when the tests pass

${RUN_FLAGS_HELP.trim().replace(/^/, '  ')}

It ends with 0 when all went well, 1 when something is conflicted, failed, stranded or not landed, 2 when it could not
start, 3 when a limit stopped it with tasks left, 130 when it was aborted.

  hew loop run --jobs 4 --runtime command --agent-command "./agent.sh"
`;

/** `hew loop run`: the whole job without a screen, told line by line. */
export async function runLoop(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, flags: RUN_FLAGS });
  if (parsed.kind === 'help') return 0;
  const { flags } = parsed;
  const options = startOptionsOf(flags);
  const checked = await preflight({
    cwd: process.cwd(),
    env: process.env,
    flags: loopSettingsOf(flags),
    options,
    clock: systemClock,
  });
  if (checked.kind === 'refused') throw new Refusal(refusal(checked.problems));
  const listen = (events: EventStream): void => {
    report(events, flags.json ?? false);
  };
  if (options.dry_run) return dryRun(checked.plan, listen);
  const started = await startRun(checked.plan, listen);
  if (started.kind === 'refused') throw new Refusal(refusal(started.problems));
  return follow(started.handle, flags.json ?? false);
}

async function follow(handle: RunHandle, json: boolean): Promise<ExitCode> {
  using _signals = abortOnSignals(handle, json);
  try {
    const exitCode = await handle.ended;
    const { state } = handle.events;
    if (!json && exitCode !== 2) {
      const { summaryText } = await import('../../reporters/summary-text.js');
      print(`\n${summaryText(summarise(state, new Date()), { columns: process.stdout.columns ?? 80 })}`);
    }
    return exitCode;
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    process.stderr.write(`hew: ${error.message}\n`);
    return 1;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints each event as it comes, as plain lines or as JSON. */
function report(events: EventStream, json: boolean): void {
  let before = events.state;
  events.subscribe((event, after) => {
    if (!isDurable(event)) return;
    const lines = json ? [jsonLine(event)] : plainLines(event, before, after);
    before = after;
    for (const line of lines) if (line !== null) print(line);
  });
}

/** One problem is one line; several are a list. */
function refusal(problems: readonly string[]): string {
  if (problems.length === 1) return problems.join('');
  return `${problems.length} things stand against a start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
}

/** Ctrl-C and TERM abort the run in order; a terminal that goes away does not. */
function abortOnSignals(handle: RunHandle, json: boolean): Disposable {
  const abort = (): void => {
    if (!json) print('Aborting: agents are ended, their tasks go back. What is merged stays.');
    handle.control({ type: 'abortRun' });
  };
  process.on('SIGINT', abort);
  process.on('SIGTERM', abort);
  process.on('SIGHUP', staysAlive);
  return {
    [Symbol.dispose]: () => {
      process.off('SIGINT', abort);
      process.off('SIGTERM', abort);
      process.off('SIGHUP', staysAlive);
    },
  };
}

/** A handler that does nothing: having one keeps the signal from ending the process. */
function staysAlive(): void {}
