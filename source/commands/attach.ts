import process from 'node:process';
import type { Theme } from '../components/theme.js';
import type { ControlClient } from '../engine/control-client.js';
import { isDurable } from '../engine/events.js';
import { followRun } from '../engine/follow-run.js';
import type { RunId } from '../engine/ids.js';
import { EMPTY_STATE } from '../engine/reduce.js';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summary.js';
import { notificationsIn, ringsBell } from '../reporters/notification.js';
import { summaryText } from '../reporters/summary-text.js';
import { type ExitCode, Refusal } from './command.js';
import { connectLiveRun } from './live-run.js';
import { takeEndSignals } from './loop/end-signals.js';
import { FreeDisk } from './free-disk.js';
import { hasScreen, openScreen, type ScreenOptions } from './open-screen.js';
import { printLines } from './print-lines.js';
import { projectHere } from './project-here.js';
import { RunFeed } from './run-feed.js';
import { storyTeller } from './story-teller.js';
import { transcriptsOf } from './transcripts-of.js';
import { WorktreeDesk } from './worktree-desk.js';

/** `hew tui --attach`: the screen of a run that goes on in another process, until it is left or the run has ended. */
export async function attach(asked: RunId | null, theme: Theme): Promise<ExitCode> {
  if (!hasScreen()) {
    throw new Refusal('--attach needs a terminal. Without one: hew loop list, hew slot, hew loop cancel.');
  }
  const project = await projectHere();
  using client = await connectLiveRun(project, asked);
  using disk = new FreeDisk(project.places.hew);
  const feed = new RunFeed(() => disk.bytes);
  let state: RunState = EMPTY_STATE;
  // What happened before there was a screen calls nobody.
  const bell = { ring: (): void => {} };
  const ended = Promise.withResolvers<'ended'>();
  await followRun(client, (event, after) => {
    if (isDurable(event) && notificationsIn(state, event, after).some(ringsBell)) bell.ring();
    state = after;
    feed.take(event, after);
    if (event.type === 'run.finished') ended.resolve('ended');
  });
  const transcripts = transcriptsOf({ ...project, run: client.hello.run }, () => state);
  const worktrees = new WorktreeDesk(async () => project);
  const story = storyTeller(project.places, client.hello.run);
  const looks = { transcripts, worktrees, story, theme };
  const why = await show(client, feed, looks, { ended: ended.promise, bell });
  return tellEnd(client, why, state);
}

/** `lost`: the run has gone without an end. */
type Why = 'ended' | 'lost' | 'detached';

/** Shows the run until it has ended and its summary was read, until it is gone, or until the screen is. */
async function show(
  client: ControlClient,
  feed: RunFeed,
  looks: Pick<ScreenOptions, 'transcripts' | 'worktrees' | 'story' | 'theme'>,
  { ended, bell }: { readonly ended: Promise<'ended'>; readonly bell: { ring: () => void } },
): Promise<Why> {
  using screen = openScreen({
    pull: feed.pull,
    ...looks,
    attached: true,
    // What cannot be answered any more is seen by the connection's end.
    control: (control) => void client.ask(control).catch(() => undefined),
  });
  bell.ring = screen.ring;
  using _signals = takeEndSignals({
    onEnd: () => screen.close(),
    onHangUp: () => screen.drop(),
    isElsewhere: screen.isLent,
  });
  const gone = screen.gone.then((): Why => 'detached');
  const lost = client.closed.then((): Why => 'lost');
  const why = await Promise.race([ended, gone, lost]);
  if (why === 'ended') feed.end();
  else screen.close();
  await screen.gone;
  return why;
}

function tellEnd({ hello }: ControlClient, why: Why, state: RunState): ExitCode {
  switch (why) {
    case 'detached':
      printLines([`${hello.run} goes on. Its screen again: hew tui --attach`]);
      return 0;
    case 'lost':
      process.stderr.write(
        `hew: ${hello.run} has gone without an end, or told more than this screen could take.\n`,
      );
      return 1;
    case 'ended': {
      const columns = process.stdout.columns ?? 80;
      process.stdout.write(`\n${summaryText(summarise(state, new Date()), { columns })}\n`);
      return state.finished?.exit_code ?? 0;
    }
  }
}
