import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunId } from '../ids.js';
import { FAREWELL } from './farewell.js';
import { type GroupLeader, groupLedBy } from './process-set.js';

/** What a guardian is started for. */
export interface GuardianRequest {
  /** The path of the run's `processes.jsonl`. */
  readonly ledger: string;
  readonly run: RunId;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told of each guardian that runs: also of one that takes the place of another. */
  readonly onStarted: (guardian: GroupLeader) => void;
  /** Told when there is none any more, although hew has not ended. */
  readonly onLost: () => void;
}

/** The same file from `source/` and from `dist/`: Node 22 cannot run the first, so that there must be the second. */
const PROGRAM = fileURLToPath(new URL('../../../dist/guardian.js', import.meta.url));
/** Something that ends one guardian after the other is not to be outdone. */
const MOST_STARTS = 3;
/** One that has nothing to do ends at once; one that something keeps must not keep hew. */
const FAREWELL_MS = 5_000;

/** The process that ends what a run has left when hew is killed. */
export class RunGuardian {
  readonly #request: GuardianRequest;
  #child: ChildProcess;
  #starts = 0;
  #ended = false;

  /** Starts one. It need not be waited for: the pipe has its end when it comes to read it. */
  constructor(request: GuardianRequest) {
    this.#request = request;
    this.#child = this.#start();
  }

  /** Takes leave of the guardian, or with something left to end sends it to work, and waits for its end for a while. */
  async end({ inOrder }: { readonly inOrder: boolean }): Promise<void> {
    this.#ended = true;
    const child = this.#child;
    const gone = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    if (gone) return;
    const exited = once(child, 'exit');
    child.ref();
    child.stdin?.end(inOrder ? FAREWELL : '');
    await Promise.race([exited, pause(FAREWELL_MS, undefined, { ref: false })]);
    child.unref();
  }

  #start(): ChildProcess {
    const { ledger, run, env, onLost } = this.#request;
    this.#starts += 1;
    const child = spawn(process.execPath, [PROGRAM, ledger, run], {
      // A session of its own: a terminal that goes away takes nothing of it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      // What the user gives Node for hew, such as a debugger's port, would keep a second Node from starting.
      env: { ...env, NODE_OPTIONS: undefined },
    });
    // hew ends when its own work does: it is the guardian that waits for hew.
    child.unref();
    // A start that has failed for want of file descriptors has no pipe either.
    if (child.stdin instanceof Socket) child.stdin.unref();
    // A guardian that is gone is told by its exit.
    child.stdin?.on('error', () => {});
    child.once('error', onLost);
    child.once('exit', () => this.#replace());
    if (child.pid !== undefined) void this.#tell(child.pid);
    return child;
  }

  async #tell(pid: number): Promise<void> {
    const leader = await groupLedBy(pid);
    if (!this.#ended) this.#request.onStarted(leader);
  }

  #replace(): void {
    if (this.#ended) return;
    if (this.#starts < MOST_STARTS) this.#child = this.#start();
    else this.#request.onLost();
  }
}
