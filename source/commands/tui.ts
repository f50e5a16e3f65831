import process from 'node:process';
import type { RunHandle } from '../engine/open-run.js';
import { attach } from './attach.js';
import { checkOperands } from './check-operands.js';
import type { ExitCode } from './command.js';
import { beginRun, planRun } from './loop/begin-run.js';
import { takeEndSignals } from './loop/end-signals.js';
import { hangUp } from './loop/hang-up.js';
import { RUN_FLAGS, RUN_FLAGS_HELP, type RunFlagValues } from './loop/run-flags.js';
import { abortAloud, followToEnd, runInLines, tellEvents } from './loop/run-in-lines.js';
import { hasScreen, openScreen, type ScreenEnd } from './open-screen.js';
import { parseFlags } from './parse-flags.js';
import { printLines } from './print-lines.js';
import { typedRunId } from './project-here.js';
import { RunFeed } from './run-feed.js';

const HELP = `
hew tui [flags]              drains the queue as \`hew loop run\` does, on a screen that shows every agent live

hew tui --attach [run-id]    shows a run that is alive in another process, and leaves it there

${RUN_FLAGS_HELP.trim().replace(/^/, '  ')}

Keys: Tab, arrows and numbers select a slot, p pauses and resumes it, a aborts the run, ? lists the keys, q quits.
Without a terminal (a pipe, CI, TERM=dumb), with --dry-run and with --json it prints what \`hew loop run\` prints.

  hew tui --jobs 4 --agent-command "./agent.sh"
`;

/** `hew tui`: the whole job on a live screen, and its summary, which stays in the terminal. */
export async function runTui(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { ...RUN_FLAGS, attach: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  if (flags.attach) {
    const [run] = operands;
    return attach(run === undefined ? null : typedRunId(run));
  }
  checkOperands(operands, []);
  return hasScreen() && !flags.dryRun && !flags.json ? runOnScreen(flags) : runInLines(flags);
}

async function runOnScreen(flags: RunFlagValues): Promise<ExitCode> {
  const plan = await planRun(flags);
  const feed = new RunFeed();
  const handle = await beginRun(plan, (events) => feed.listen(events));
  const { why, code } = await show(handle, feed);
  if (why.kind === 'hung_up' && code === undefined) hangUp(handle, plan.settings.loop.on_hangup);
  // Why the run could not begin is in what it has told.
  if (code === 2) printLines(feed.news);
  if (why.kind === 'lost')
    process.stderr.write(`hew: the screen is gone, the run goes on: ${String(why.error)}\n`);
  if (code === undefined) tellEvents(handle.events, false);
  if (why.kind === 'signal' && code === undefined) abortAloud(handle, false);
  return followToEnd(handle, { json: false, on_hangup: plan.settings.loop.on_hangup });
}

interface Shown {
  readonly why: ScreenEnd | { readonly kind: 'signal' } | { readonly kind: 'hung_up' };
  /** The run's exit code; null when it has failed, undefined when it goes on. */
  readonly code: ExitCode | null | undefined;
}

/** Shows the run until there is nothing more to show, or no screen to show it on. */
async function show(handle: RunHandle, feed: RunFeed): Promise<Shown> {
  let code: Shown['code'];
  let signalled: 'signal' | 'hung_up' | null = null;
  using screen = openScreen({ pull: feed.pull, control: (control) => handle.control(control) });
  using _signals = takeEndSignals({
    onEnd: () => {
      signalled = 'signal';
      screen.close();
    },
    onHangUp: () => {
      signalled = 'hung_up';
      screen.close();
    },
  });
  // How it has failed is told by whoever follows the run to its end.
  const ended = handle.ended.then(
    (exitCode) => (code = exitCode),
    () => (code = null),
  );
  await Promise.race([ended, screen.gone]);
  // A run that has failed or could not begin has nothing to sum up.
  if (code === undefined || code === null || code === 2) screen.close();
  else feed.end();
  const why = await screen.gone;
  return { why: signalled === null ? why : { kind: signalled }, code };
}
