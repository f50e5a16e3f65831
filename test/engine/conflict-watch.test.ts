import { describe, expect, it } from 'vitest';
import type { Clock } from '../../source/engine/clock.js';
import { ConflictWatch } from '../../source/engine/conflict-watch.js';
import { EventStream } from '../../source/engine/event-stream.js';
import type { DurableEvent, EngineEvent } from '../../source/engine/events.js';
import { Git, type GitAnswer } from '../../source/engine/git/git.js';
import { findPlaces } from '../../source/engine/git/places.js';
import type { Sha } from '../../source/engine/ids.js';
import { type ExampleBody, exampleEvents, exampleSha, started } from '../example-run.js';
import { type GitProject, makeGitProject } from '../git-project.js';
import { agentGit, hewGit, makeWorktree, shaOf } from './git/hew-git.js';

type Told = Extract<EngineEvent, { type: 'workers.conflicting' }>;

/** The real git, which also notes what is asked of it, and where. */
class NotingGit extends Git {
  readonly asked: string[] = [];

  override ask(...args: Parameters<Git['ask']>): Promise<GitAnswer> {
    const [cwd, [command]] = args;
    this.asked.push(`${command} ${cwd.slice(-1)}`);
    return super.ask(...args);
  }

  override list(...args: Parameters<Git['list']>): Promise<string[]> {
    const [cwd, [command]] = args;
    this.asked.push(`${command} ${cwd.slice(-1)}`);
    return super.list(...args);
  }
}

/** Time that passes when the test says so. */
class SteppedClock implements Clock {
  #sleeper = Promise.withResolvers<() => void>();
  /** Whether a look is due. */
  isAsleep = false;

  now(): Date {
    return new Date('2026-11-22T10:20:00.000Z');
  }

  sleep(_: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
      this.isAsleep = true;
      this.#sleeper.resolve(resolve);
    });
  }

  /** Resolves when a look is due: the one before is done. */
  async asleep(): Promise<void> {
    await this.#sleeper.promise;
  }

  /** Resolves when a look is due, and lets it begin. */
  async pass(): Promise<void> {
    const wake = await this.#sleeper.promise;
    this.#sleeper = Promise.withResolvers();
    this.isAsleep = false;
    wake();
  }
}

interface Watched extends AsyncDisposable {
  readonly project: GitProject;
  readonly git: NotingGit;
  readonly clock: SteppedClock;
  readonly events: EventStream;
  readonly watch: ConflictWatch;
  readonly base: Sha;
  readonly told: readonly Told[];
  /** An agent writes a file in worker `worker`'s worktree and commits. */
  commit(worker: number, path: string, text: string): Promise<Sha>;
  inWorktree(worker: number, ...args: readonly string[]): Promise<string>;
  tell(...bodies: readonly ExampleBody[]): void;
  /** Something has happened in the run for which a look is due; resolves when those before it are done. */
  settle(): Promise<void>;
  /** Lets the looks that are due happen until something is told. */
  next(): Promise<Told>;
}

const LINES = Array.from({ length: 9 }, (_, index) => `line ${index}\n`).join('');

/** Two workers whose agents are at work; `told` is how their git directories are told. */
async function watched(change: (gitDir: string) => string = (gitDir) => gitDir): Promise<Watched> {
  const project = await makeGitProject({ files: { 'shared.txt': LINES } });
  const { env } = await hewGit(project);
  const git = new NotingGit(env);
  const made = [await makeWorktree(git, project, 0), await makeWorktree(git, project, 1)] as const;
  const [{ base }] = made;
  const found = await findPlaces(git, project.path);
  if (found.kind === 'missing') throw new Error(found.problem);
  const { places } = found;
  const clock = new SteppedClock();
  const events = new EventStream({ append: async () => {}, close: async () => {} }, clock);
  const tell = (...bodies: readonly ExampleBody[]): void => {
    for (const event of exampleEvents(bodies)) events.note(event satisfies DurableEvent);
  };
  const told: Told[] = [];
  let heard = Promise.withResolvers<void>();
  events.subscribe((event) => {
    if (event.type !== 'workers.conflicting') return;
    told.push(event);
    heard.resolve();
  });
  tell(started({ jobs: 2, starting_sha: base }));
  const watch = new ConflictWatch({ git, events, clock, places, aborted: new AbortController().signal });
  for (const [worker, { worktree }] of made.entries()) {
    const place = { slot: worker + 1, worker };
    const task = `app-${worker + 1}`;
    const { path, branch } = worktree;
    const work = { ...place, task, attempt: 1, iteration: 1, base, runtime: 'command', model: null };
    tell(
      { type: 'worker.created', ...place, branch, path, git_dir: change(worktree.git_dir), base },
      { type: 'task.claimed', ...place, task, title: task, priority: 2 },
      { type: 'iteration.started', ...work, prompt_hash: '00f067aa0ba902b7' },
    );
  }
  git.asked.length = 0;
  const pathOf = (worker: number): string => made[worker]?.worktree.path ?? '';
  const inWorktree = async (worker: number, ...args: readonly string[]): Promise<string> =>
    (await agentGit(project, pathOf(worker), ...args)).stdout.trim();
  return {
    project,
    git,
    clock,
    events,
    watch,
    base,
    told,
    tell,
    inWorktree,
    async commit(worker, path, text) {
      await project.write(`../wt/${worker}/${path}`, text);
      await inWorktree(worker, 'add', '--all');
      await inWorktree(worker, 'commit', '--quiet', '--message', `Write ${path}`);
      return shaOf(project, await inWorktree(worker, 'rev-parse', 'HEAD'));
    },
    async settle() {
      for (let look = 0; look < 2; look += 1) {
        tell({ type: 'trunk.caught_up', sha: base, tip: base });
        await clock.pass();
      }
    },
    async next() {
      const known = told.length;
      heard = Promise.withResolvers();
      for (;;) {
        await Promise.race([heard.promise, clock.asleep()]);
        const last = told.at(-1);
        if (last && told.length > known) return last;
        await clock.pass();
      }
    },
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    },
  };
}

const ONE = { slot: 1, worker: 0, task: 'app-1' };
const TWO = { slot: 2, worker: 1, task: 'app-2' };

function merged(sha: string): ExampleBody {
  const work = { ...ONE, attempt: 1, iteration: 1 };
  return { type: 'merge.finished', ...work, outcome: 'merged', sha, files: ['shared.txt'] };
}

describe.concurrent('ConflictWatch', () => {
  it('tells once of two branches that would conflict, and when they no longer would', async () => {
    await using run = await watched();
    await run.commit(0, 'shared.txt', LINES.replace('line 4', 'one'));
    await run.inWorktree(0, 'pack-refs', '--all');
    await run.commit(1, 'shared.txt', LINES.replace('line 4', 'two'));
    const conflict = { one: ONE, other: TWO, files: ['shared.txt'], unlisted: 0 };
    const first = await run.next();
    expect(first).toMatchObject({ conflicts: [conflict], reason: null });
    // What is committed besides changes nothing of it, and is not told.
    await run.commit(1, 'other.txt', 'more\n');
    await run.settle();
    await run.inWorktree(1, 'reset', '--hard', '--quiet', 'HEAD~2');
    expect(await run.next()).toMatchObject({ conflicts: [], reason: null });
    expect(run.told).toHaveLength(2);
  });

  it('tells of a branch that would conflict with what was merged meanwhile, until its own turn', async () => {
    await using run = await watched();
    const sha = await run.commit(0, 'shared.txt', LINES.replace('line 4', 'one'));
    await run.commit(1, 'shared.txt', LINES.replace('line 4', 'two'));
    await run.next();
    run.tell(merged(sha));
    expect(await run.next()).toMatchObject({
      conflicts: [{ one: TWO, other: null, files: ['shared.txt'] }],
    });
    const turn = { ...TWO, attempt: 1, iteration: 1 };
    run.tell({ type: 'merge.finished', ...turn, outcome: 'conflict', sha: null, files: ['shared.txt'] });
    expect(await run.next()).toMatchObject({ conflicts: [] });
  });

  it('starts no git while nothing moves, whatever is read, staged and put out, nor twice for the same', async () => {
    await using run = await watched();
    await run.project.write('../wt/0/shared.txt', 'changed\n');
    for (const command of ['status', 'diff', 'add .', 'log', 'pack-refs --all'])
      await run.inWorktree(0, ...command.split(' '));
    run.events.pass({ type: 'agent.line', slot: 1, worker: 0, kind: 'text', text: 'still at it' });
    // The kernel tells in order: what it would have told of the first worktree has come before this.
    await run.commit(1, 'shared.txt', 'other\n');
    await run.clock.pass();
    await run.settle();
    // With nobody else's commits there is nothing to compare.
    expect(run.git.asked).toEqual([]);
    await run.commit(0, 'shared.txt', 'one\n');
    await run.next();
    await run.settle();
    const asked = ['diff-tree 0', 'diff-tree 1', 'config 1', 'merge-tree 1'];
    expect(run.git.asked).toEqual(asked);
    // What touches other files need not be merged to know that it is clean.
    await run.inWorktree(0, 'reset', '--hard', '--quiet', 'HEAD~1');
    await run.commit(0, 'other.txt', 'one\n');
    expect(await run.next()).toMatchObject({ conflicts: [] });
    expect(run.git.asked).toEqual([...asked, 'diff-tree 0']);
  });

  it('looks at what is put out where the kernel does not tell', async () => {
    await using run = await watched((gitDir) => `${gitDir}/none`);
    await run.commit(0, 'shared.txt', 'one\n');
    await run.commit(1, 'shared.txt', 'two\n');
    expect(run.clock.isAsleep).toBe(false);
    for (const { slot, worker } of [ONE, TWO])
      run.events.pass({ type: 'agent.line', slot, worker, kind: 'result', text: 'committed' });
    expect(await run.next()).toMatchObject({ conflicts: [{ one: ONE, other: TWO }] });
  });

  it('tells why it does not know, and what it knows all the same', async () => {
    await using run = await watched();
    await run.commit(0, 'shared.txt', 'one\n');
    await run.commit(1, 'shared.txt', 'two\n');
    run.tell({ type: 'trunk.caught_up', sha: exampleSha('dead'), tip: exampleSha('beef') });
    const told = await run.next();
    expect(told).toMatchObject({ conflicts: [{ one: ONE, other: TWO }] });
    expect(told.reason).toMatch(/merge-tree/);
  });

  it('ends with the run, and leaves nothing told', async () => {
    await using run = await watched();
    await run.commit(0, 'shared.txt', 'one\n');
    await run.commit(1, 'shared.txt', 'two\n');
    await run.next();
    await run.watch[Symbol.asyncDispose]();
    expect(run.told.at(-1)).toMatchObject({ conflicts: [] });
    const asked = run.git.asked.length;
    run.tell(merged(exampleSha('abcd')));
    await run.commit(0, 'other.txt', 'one\n');
    expect(run.clock.isAsleep).toBe(false);
    expect(run.git.asked).toHaveLength(asked);
  });
});
