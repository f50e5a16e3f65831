import { join } from 'node:path';
import type { Clock } from '../../source/engine/clock.js';
import type { Control } from '../../source/engine/controls.js';
import type { DurableEvent, EngineEvent } from '../../source/engine/events.js';
import { isDurable } from '../../source/engine/events.js';
import type { TaskId } from '../../source/engine/ids.js';
import { preflight } from '../../source/engine/preflight.js';
import { FileQueue, type FiledTask } from '../../source/engine/queue/file-queue.js';
import type { RunHandle } from '../../source/engine/open-run.js';
import { startRun } from '../../source/engine/run.js';
import type { LoopSettings } from '../../source/engine/settings-schema.js';
import type { StartOptions } from '../../source/engine/start-request.js';
import type { RunState } from '../../source/engine/state.js';
import type { GitProject } from '../git-project.js';

type Type = DurableEvent['type'];
type Of<T extends Type> = Extract<DurableEvent, { type: T }>;

/** A real run of the engine in this process, with real git and real agents. */
export interface LoopRun extends AsyncDisposable {
  readonly run: string;
  /** Every durable event so far. */
  readonly events: readonly DurableEvent[];
  readonly state: RunState;
  /** The first event of this type that fits, past ones included. Rejects when the run ends without one. */
  until<T extends Type>(type: T, fits?: (event: Of<T>) => boolean): Promise<Of<T>>;
  /** The events of one type so far. */
  all<T extends Type>(type: T): readonly Of<T>[];
  control(control: Control): void;
  /** The exit code. */
  readonly ended: Promise<number>;
}

/** How a test starts a run. */
export interface LoopOptions {
  /** The command line of the agent. */
  readonly agent: string;
  readonly flags?: LoopSettings;
  readonly options?: Partial<StartOptions>;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Told of every event, also of those that only pass by. */
  readonly listen?: (event: EngineEvent) => void;
}

/** The preflight refused the start: the problems, as a user would read them. */
export class Refused extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** Time that never makes anybody wait: a sleep is over as soon as everything else had its turn. */
export const hastyClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, Math.min(milliseconds / 100, 20));
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    }),
};

const DEFAULTS: StartOptions = {
  dry_run: false,
  land: true,
  gate: true,
  allow_red_base: false,
  ignore_unlanded: false,
  ignore_crashed: false,
  queue: 'auto',
};

/** Starts a run in the project; throws {@link Refused} where the preflight or a live run stands against it. */
export async function startLoop(project: GitProject, given: LoopOptions): Promise<LoopRun> {
  const checked = await preflight({
    cwd: given.cwd ?? project.path,
    env: { ...project.env, ...given.env },
    flags: { jobs: 2, runtime: ['command'], agent_command: given.agent, ...given.flags },
    options: { ...DEFAULTS, ...given.options },
    clock: given.clock ?? hastyClock,
  });
  if (checked.kind === 'refused') throw new Refused(checked.problems);
  const log = new EventLog();
  const started = await startRun(checked.plan, (stream) => {
    stream.subscribe((event) => {
      log.add(event);
      given.listen?.(event);
    });
  });
  if (started.kind === 'refused') throw new Refused(started.problems);
  return loopRun(started.handle, log);
}

function loopRun(handle: RunHandle, log: EventLog): LoopRun {
  const ended = handle.ended.finally(() => log.end());
  // A test may look at it only later, or not at all.
  ended.catch(() => undefined);
  return {
    run: handle.run,
    events: log.events,
    get state() {
      return handle.events.state;
    },
    until: (type, fits) => log.until(type, fits),
    all: (type) => log.events.filter((event) => event.type === type) as never,
    control: (control) => handle.control(control),
    ended,
    async [Symbol.asyncDispose]() {
      handle.control({ type: 'abortRun' });
      await ended.catch(() => undefined);
    },
  };
}

class EventLog {
  readonly events: DurableEvent[] = [];
  readonly #waiting = new Set<{ look(): boolean; end(): void }>();

  add(event: EngineEvent): void {
    if (!isDurable(event)) return;
    this.events.push(event);
    for (const waiter of this.#waiting) if (waiter.look()) this.#waiting.delete(waiter);
  }

  end(): void {
    for (const waiter of this.#waiting) waiter.end();
    this.#waiting.clear();
  }

  until<T extends Type>(type: T, fits: (event: Of<T>) => boolean = () => true): Promise<Of<T>> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = this.events.find((event) => event.type === type && fits(event as Of<T>));
        if (found) resolve(found as Of<T>);
        return found !== undefined;
      };
      const end = (): void => {
        const seen = this.events.map((event) => JSON.stringify(event)).join('\n');
        reject(new Error(`the run ended without the ${type} that the test waits for:\n${seen}`));
      };
      if (!look()) this.#waiting.add({ look, end });
    });
  }
}

/** The project's queue, as any other program would use it. */
export function queueOf(project: GitProject): FileQueue {
  return new FileQueue({ path: join(project.path, '.hew', 'tasks.jsonl'), prefix: 'app' });
}

/** Files tasks in order: `app-1`, `app-2` … */
export async function fileTasks(project: GitProject, ...tasks: readonly FiledTask[]): Promise<TaskId[]> {
  const queue = queueOf(project);
  const ids: TaskId[] = [];
  for (const task of tasks) ids.push(await queue.create(task));
  return ids;
}

/** A project whose gate is green while there is no file `broken` in it. */
export const GATED = {
  '.hew.toml': '[gate]\ntest = "test ! -e broken"\n',
  'README.md': '# A project\n',
} as const;
