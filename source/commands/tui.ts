import process from 'node:process';
import type { Theme } from '../components/theme.js';
import { systemClock } from '../engine/clock.js';
import type { Control } from '../engine/controls.js';
import type { EventStream } from '../engine/event-stream.js';
import { findGround } from '../engine/find-ground.js';
import { newestCutRun } from '../engine/newest-cut-run.js';
import type { RunBasis, RunHandle } from '../engine/open-run.js';
import { asciiText } from '../reporters/ascii-text.js';
import { ringsBell } from '../reporters/notification.js';
import { askAboutCutRun } from './ask-about-cut-run.js';
import { attach } from './attach.js';
import { checkOperands } from './check-operands.js';
import type { ExitCode } from './command.js';
import { abandon } from './loop/abandon.js';
import { beginRun, planRun } from './loop/begin-run.js';
import { beginResume, planToResume } from './loop/resume.js';
import { takeEndSignals } from './loop/end-signals.js';
import { hangUp } from './loop/hang-up.js';
import { onNotification } from './loop/on-notification.js';
import { leaveAtOnce } from './loop/leave-at-once.js';
import { RUN_FLAGS, RUN_FLAGS_HELP, type RunFlagValues } from './loop/run-flags.js';
import { abortAloud, followToEnd, runInLines, type Spelling, tellEvents } from './loop/run-in-lines.js';
import { hasScreen, openScreen, type Screen, type ScreenEnd, type ScreenOptions } from './open-screen.js';
import { parseFlags } from './parse-flags.js';
import { FreeDisk } from './free-disk.js';
import { printLines } from './print-lines.js';
import { projectHere, typedRunId } from './project-here.js';
import { RunFeed } from './run-feed.js';
import { storyTeller } from './story-teller.js';
import { transcriptsOf } from './transcripts-of.js';
import { WorktreeDesk } from './worktree-desk.js';
import { SCREEN_FLAGS, SCREEN_FLAGS_HELP, themeOf } from './screen-flags.js';

const HELP = `
hew tui [flags]              drains the queue as \`hew loop run\` does, on a screen that shows every agent live

hew tui --attach [run-id]    shows a run that is alive in another process, and leaves it there

${RUN_FLAGS_HELP.trim().replace(/^/, '  ')}

${SCREEN_FLAGS_HELP.trim().replace(/^/, '      ')}

Keys: Tab, arrows and numbers select a slot, Enter shows all of it, p pauses and resumes it, x aborts its iteration; t, m
and o list the queue, the merges and the worktrees; ? lists the keys, q asks how the run is to end.
Without a terminal (a pipe, CI, TERM=dumb), with --plain, --dry-run and --json it prints what \`hew loop run\` prints.

  hew tui --jobs 4 --agent-command "./agent.sh"
`;

/** `hew tui`: the whole job on a live screen, and its summary, which stays in the terminal. */
export async function runTui(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['[run-id]'],
    flags: { ...RUN_FLAGS, ...SCREEN_FLAGS, attach: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const { flags, operands } = parsed;
  const looks = { theme: themeOf(flags), spell: flags.ascii ? asciiText : undefined };
  if (flags.attach) {
    const [run] = operands;
    return attach(run === undefined ? null : typedRunId(run), looks.theme);
  }
  checkOperands(operands, []);
  const isOnScreen = hasScreen() && !flags.plain && !flags.dryRun && !flags.json;
  return isOnScreen ? runOrResume(flags, looks) : runInLines(flags, looks.spell);
}

/** How the screen looks, and what is told when it is gone. */
interface Looks {
  readonly theme: Theme;
  readonly spell: Spelling | undefined;
}

/** A run that was cut is asked about first: whoever starts anew by mistake would leave its tasks claimed. */
async function runOrResume(flags: RunFlagValues, looks: Looks): Promise<ExitCode> {
  const found = await findGround({ cwd: process.cwd(), env: process.env });
  // What is wrong about the place is told by the start itself.
  const isAsked = found.kind === 'found' && !flags.ignoreCrashed;
  const cut = isAsked ? await newestCutRun(found.ground, systemClock) : null;
  const choice = cut === null ? 'start' : await askAboutCutRun(cut);
  switch (choice) {
    case 'resume': {
      const plan = await planToResume(flags, cut?.run ?? null);
      return onScreen(plan.basis, looks, (listen) => beginResume(plan, listen));
    }
    case 'abandon':
      return abandon(cut?.run ?? null, false);
    case 'start': {
      // Whoever was asked may have changed the project before the answer.
      const ground = cut === null ? found : undefined;
      const plan = await planRun({ ...flags, ignoreCrashed: flags.ignoreCrashed ?? cut !== null }, ground);
      return onScreen(plan, looks, (listen) => beginRun(plan, listen));
    }
    case 'quit':
      return 130;
  }
}

async function onScreen(
  { run, places, git, settings }: Pick<RunBasis, 'run' | 'places' | 'git' | 'settings'>,
  { theme, spell }: Looks,
  begin: Begin,
): Promise<ExitCode> {
  const { on_hangup } = settings.loop;
  using disk = new FreeDisk(places.hew);
  const feed = new RunFeed(() => disk.bytes);
  const transcripts = transcriptsOf({ run, places, git }, () => feed.state);
  const worktrees = new WorktreeDesk(projectHere);
  const story = storyTeller(places, run);
  const { handle, why, code } = await show(begin, feed, { transcripts, worktrees, story, theme });
  if (why.kind === 'at_once') return leaveAtOnce(handle);
  if (why.kind === 'hung_up' && code === undefined) hangUp(handle, on_hangup);
  // Why the run could not begin is in what it has told.
  if (code === 2) printLines(feed.news);
  if (why.kind === 'lost')
    process.stderr.write(`hew: the screen is gone, the run goes on: ${String(why.error)}\n`);
  if (code === undefined) tellEvents(handle.events, false, spell);
  const isEnding = why.kind === 'signal' && code === undefined;
  if (isEnding) abortAloud(handle, false);
  return followToEnd(handle, { json: false, on_hangup, spell, isEnding });
}

type Begin = (listen: (events: EventStream) => void) => Promise<RunHandle>;

interface Shown {
  readonly handle: RunHandle;
  readonly why: ScreenEnd | { readonly kind: 'signal' } | { readonly kind: 'hung_up' };
  /** The run's exit code; null when it has failed, undefined when it goes on. */
  readonly code: ExitCode | null | undefined;
}

/**
 * Begins the run and shows it until there is nothing more to show, or no screen to show it on. The screen is there before
 * the run, which has a lock, a journal and a guardian to see to first; it is gone again when the run cannot begin.
 */
async function show(
  begin: Begin,
  feed: RunFeed,
  looks: Pick<ScreenOptions, 'transcripts' | 'worktrees' | 'story' | 'theme'>,
): Promise<Shown> {
  let code: Shown['code'];
  let signalled: 'signal' | 'hung_up' | null = null;
  const early: Control[] = [];
  let control = (asked: Control): void => void early.push(asked);
  using screen = openScreen({
    pull: feed.pull,
    control: (asked) => control(asked),
    ...looks,
  });
  using _signals = takeEndSignals({
    onEnd: () => {
      signalled = 'signal';
      // The screen goes when the program that has the terminal does; the run is not to wait for that.
      if (screen.isLent()) control({ type: 'abortRun' });
      screen.close();
    },
    isElsewhere: screen.isLent,
    onHangUp: () => {
      signalled = 'hung_up';
      screen.drop();
    },
  });
  const handle = await begin((events) => feed.listen(events));
  control = (asked) => handle.control(asked);
  early.forEach(control);
  using _bell = ringBell(handle.events, screen);
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
  return { handle, why: signalled === null ? why : { kind: signalled }, code };
}

/** Calls who has looked away. */
function ringBell(events: EventStream, screen: Screen): Disposable {
  const unsubscribe = onNotification(events, (notification) => {
    if (ringsBell(notification)) screen.ring();
  });
  return { [Symbol.dispose]: unsubscribe };
}
