import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { asScripted } from '../demo/as-scripted.js';
import { DEMO_TASKS } from '../demo/demo-tasks.js';
import { type Demo, makeDemo } from '../demo/make-demo.js';
import type { TaskId } from '../engine/ids.js';
import { replay } from '../engine/replay.js';
import { readJournal } from '../engine/read-journal.js';
import { summarise } from '../engine/summary.js';
import { type ExitCode, Refusal } from './command.js';
import { openQueue } from './open-queue.js';
import { parseFlags } from './parse-flags.js';
import { printLines } from './print-lines.js';
import { SCREEN_FLAGS } from './screen-flags.js';

const HELP = `
hew demo [flags]    shows the whole thing: a throw-away project, a dozen tasks, and agents that follow a script

  -j, --jobs <2-16>    how many agents work at once (default 4)
      --fast           do not let the agents seem to think: some ten seconds instead of a minute

It needs git and Node, and no network. The project stays in a temporary folder, to be looked at. It ends with 0 when all
went as scripted (a conflict and a failed first try are part of the script), 1 when not, 130 when it was aborted.
`;

/** What each step of an agent takes, so that four of them need about a minute in all. */
const PAUSE_MS = 1800;

/** `hew demo`: the real engine on a project of the demo's own, with the demo's scripted agent in place of claude. */
export async function demo(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    flags: { jobs: { type: 'number', shortFlag: 'j' }, fast: { type: 'boolean' }, ...SCREEN_FLAGS },
  });
  if (parsed.kind === 'help') return 0;
  const { jobs = 4, fast = false, ascii = false, plain = false } = parsed.flags;
  if (!Number.isInteger(jobs) || jobs < 2 || jobs > 16) {
    throw new Refusal(
      `--jobs must be a whole number from 2 to 16, not ${jobs}: the demo shows agents at once.`,
    );
  }
  const made = await makeDemo({ pause_ms: fast ? 0 : PAUSE_MS }).catch((cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new Refusal('git cannot be started. Install git 2.38 or newer, then try again.', { cause });
  });
  // From here on this process is a hew that was started there.
  process.chdir(made.project);
  Object.assign(process.env, made.env);
  await fileTasks(made);
  printLines([
    `A tea shop with ${DEMO_TASKS.length} tasks and ${jobs} scripted agents: no model, no network. It is in`,
    made.project,
    '',
  ]);
  const { runTui } = await import('./tui.js');
  const code = await runTui([
    '--jobs',
    String(jobs),
    '--runtime',
    'claude',
    ...(ascii ? ['--ascii'] : []),
    ...(plain ? ['--plain'] : []),
  ]);
  return tellEnd(made, code);
}

async function fileTasks({ project }: Demo): Promise<void> {
  const queue = await openQueue(project);
  const ids = new Map<string, TaskId>();
  for (const { name, title, description, priority, after } of DEMO_TASKS) {
    const blocked_by = after.flatMap((blocker) => ids.get(blocker) ?? []);
    ids.set(name, await queue.create({ title, description, priority, blocked_by }));
  }
}

async function tellEnd(made: Demo, code: ExitCode): Promise<ExitCode> {
  const where = [`  cd ${made.project}`, '  git log --graph --oneline'];
  // Aborted, refused, or stopped by a limit: that has been told.
  if (code !== 0 && code !== 1) {
    printLines(['', `The demo ended early. It is in ${made.project}`]);
    return code;
  }
  const verdict = await judge(made);
  if (verdict.kind === 'otherwise') {
    const problems = verdict.problems.map((problem) => `- ${problem}`);
    printLines(['', 'This did not go as scripted:', ...problems, '', ...where]);
    return 1;
  }
  const { merged, conflicted, bug, retried } = verdict;
  printLines([
    '',
    `All as scripted: ${conflicted} met ${merged} in one line, and waits for you.`,
    `The tests sent the first try of ${retried} back; all else merged at once.`,
    'Tokens and dollars are invented, as the agents are; all else is real. Look:',
    ...where,
    `  hew task show ${bug}`,
  ]);
  return 0;
}

/** What the run's own journal says of it. */
async function judge({ project }: Demo): Promise<ReturnType<typeof asScripted>> {
  const runs = join(project, '.hew', 'loop');
  const [run = ''] = await readdir(runs);
  const { events } = await readJournal(join(runs, run, 'events.jsonl'));
  const { tasks, landing } = summarise(replay(events), new Date());
  return asScripted(tasks, landing.kind === 'landed');
}
