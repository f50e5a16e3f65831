import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type DurableEvent, durableEventSchema } from '../../source/engine/events.js';
import type { GitProject } from '../git-project.js';

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

/** A `hew loop run --json` in a process of its own. */
export interface HewProcess extends AsyncDisposable {
  readonly pid: number;
  /** Every event that it has told so far. */
  readonly events: readonly DurableEvent[];
  /** The first event of this type; rejects when hew's output ends without one. */
  until<T extends DurableEvent['type']>(type: T): Promise<Extract<DurableEvent, { type: T }>>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code (null after a signal) and all of stderr when hew is gone **and** its stdout has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Starts the built `hew loop run` in the project. */
export function startHew(
  project: GitProject,
  options: { readonly flags?: readonly string[]; readonly env?: Readonly<Record<string, string>> },
): HewProcess {
  const { flags = [], env = {} } = options;
  const child = execa(process.execPath, [BIN, 'loop', 'run', '--json', ...flags], {
    cwd: project.path,
    env: { ...project.env, ...env },
    extendEnv: false,
    reject: false,
    cleanup: false,
    // A run that is asked to end takes its time to do so.
    forceKillAfterDelay: false,
    stdin: 'ignore',
    buffer: { stdout: false },
  });
  const events: DurableEvent[] = [];
  const looks = new Set<() => void>();
  const told = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      events.push(durableEventSchema.parse(JSON.parse(line)));
      for (const look of looks) look();
    }
  })();
  const ended = Promise.all([child, told]).then(([{ exitCode, stderr }]) => ({
    code: exitCode ?? null,
    stderr,
  }));
  return {
    pid: child.pid ?? 0,
    events,
    until: (type) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = events.find((event) => event.type === type);
          if (found) resolve(found as never);
        };
        looks.add(look);
        look();
        void ended.then(({ stderr }) => reject(new Error(`hew ended without the ${type}: ${stderr}`)));
      }),
    kill: (signal) => void child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
