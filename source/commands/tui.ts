import process from 'node:process';
import { runFolder } from '../engine/git/places.js';
import type { RunHandle } from '../engine/open-run.js';
import { makeRedactor } from '../engine/redactor.js';
import { RunTranscripts } from '../engine/transcript/run-transcripts.js';
import type { Theme } from '../components/theme.js';
import { asciiText } from '../reporters/ascii-text.js';
import type { ExitCode } from './command.js';
import { beginRun, planRun } from './loop/begin-run.js';
import { takeEndSignals } from './loop/end-signals.js';
import { RUN_FLAGS, RUN_FLAGS_HELP, type RunFlagValues } from './loop/run-flags.js';
import { abortAloud, followToEnd, runInLines, type Spelling, tellEvents } from './loop/run-in-lines.js';
import { hasScreen, openScreen, type ScreenEnd, type ScreenOptions } from './open-screen.js';
import { parseFlags } from './parse-flags.js';
import { FreeDisk } from './free-disk.js';
import { printLines } from './print-lines.js';
import { RunFeed } from './run-feed.js';
import { SCREEN_FLAGS, SCREEN_FLAGS_HELP, themeOf } from './screen-flags.js';

const HELP = `
hew tui [flags]    drains the queue as \`hew loop run\` does, on a screen that shows every agent live

${RUN_FLAGS_HELP.trim().replace(/^/, '  ')}

${SCREEN_FLAGS_HELP.trim().replace(/^/, '      ')}

Keys: Tab, arrows and numbers select a slot, Enter shows all of it, p pauses and resumes it, a aborts the run, ? lists
the keys, q quits.
Without a terminal (a pipe, CI, TERM=dumb), with --plain, --dry-run and --json it prints what \`hew loop run\` prints.

  hew tui --jobs 4 --agent-command "./agent.sh"
`;

/** `hew tui`: the whole job on a live screen, and its summary, which stays in the terminal. */
export async function runTui(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, flags: { ...RUN_FLAGS, ...SCREEN_FLAGS } });
  if (parsed.kind === 'help') return 0;
  const { flags } = parsed;
  const isOnScreen = hasScreen() && !flags.plain && !flags.dryRun && !flags.json;
  const spell = flags.ascii ? asciiText : undefined;
  return isOnScreen ? runOnScreen(flags, themeOf(flags), spell) : runInLines(flags, spell);
}

async function runOnScreen(flags: RunFlagValues, theme: Theme, spell?: Spelling): Promise<ExitCode> {
  const plan = await planRun(flags);
  using disk = new FreeDisk(plan.places.hew);
  const feed = new RunFeed(() => disk.bytes);
  const handle = await beginRun(plan, (events) => feed.listen(events));
  const transcripts = new RunTranscripts({
    folder: runFolder(plan.places, plan.run),
    state: () => handle.events.state,
    git: plan.git,
    redactor: makeRedactor(process.env),
  });
  const { why, code } = await show(handle, feed, { transcripts, theme });
  // Why the run could not begin is in what it has told.
  if (code === 2) printLines(feed.news);
  if (why.kind === 'lost')
    process.stderr.write(`hew: the screen is gone, the run goes on: ${String(why.error)}\n`);
  if (code === undefined) tellEvents(handle.events, false, spell);
  if (why.kind === 'signal' && code === undefined) abortAloud(handle, false);
  return followToEnd(handle, false, spell);
}

interface Shown {
  readonly why: ScreenEnd | { readonly kind: 'signal' };
  /** The run's exit code; null when it has failed, undefined when it goes on. */
  readonly code: ExitCode | null | undefined;
}

/** Shows the run until there is nothing more to show, or no screen to show it on. */
async function show(
  handle: RunHandle,
  feed: RunFeed,
  looks: Pick<ScreenOptions, 'transcripts' | 'theme'>,
): Promise<Shown> {
  let code: Shown['code'];
  let signalled = false;
  using screen = openScreen({
    pull: feed.pull,
    control: (control) => handle.control(control),
    ...looks,
  });
  using _signals = takeEndSignals({
    onEnd: () => {
      signalled = true;
      screen.close();
    },
    onHangUp: () => screen.close(),
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
  return { why: signalled ? { kind: 'signal' } : why, code };
}
