import type { DurableEvent, EventBody } from '../source/engine/events.js';
import { type Sha, type TaskId, runIdSchema, shaSchema, taskIdSchema } from '../source/engine/ids.js';
import { type AttemptEnd, consequenceOf, countsAsAttempt } from '../source/engine/outcome.js';
import type { TokenCount } from '../source/engine/ports.js';
import { faultsAfter } from '../source/engine/reduce-iteration.js';

/** How a simulated run is set up. One job is a serial run. */
export interface SimulatedSettings {
  readonly jobs: number;
  readonly dry_run: boolean;
  readonly attempts: number;
  /** How many tasks the queue holds. */
  readonly tasks: number;
  readonly max_iter: number | null;
  readonly detached: boolean;
  readonly ungated: boolean;
  /** The starting branch gets commits of somebody else meanwhile. */
  readonly moved_on: boolean;
  readonly landing: 'landed' | 'refused' | 'not_tried';
}

/** What one slot does next: it goes on with its attempt, or begins one that will end so. */
export interface SimulatedStep {
  readonly slot: number;
  readonly seconds: number;
  readonly end: AttemptEnd;
  readonly tokens: TokenCount;
  readonly cost_usd: number | null;
  readonly aside: string | null;
  readonly choice: number;
}

type Body = Extract<EventBody, { type: DurableEvent['type'] }>;
/** Made when it happens, since it tells of the state of the world at that moment. */
type Planned = () => Body;

interface SimulatedSlot {
  readonly slot: number;
  worker: number | null;
  iterations: number;
  task: SimulatedTask | null;
  paused: boolean;
  removed: boolean;
  planned: Planned[];
}

interface SimulatedTask {
  readonly id: TaskId;
  status: 'ready' | 'held' | 'done';
  counted: number;
  faults: number;
}

interface ParkedBranch {
  readonly worker: number;
  readonly task: TaskId;
}

function simulatedSlot(slot: number): SimulatedSlot {
  return { slot, worker: null, iterations: 0, task: null, paused: false, removed: false, planned: [] };
}

const RUN = runIdSchema.parse('loop-20261122T101500Z-3fa9c1d2');
const EARLIER_RUN = runIdSchema.parse('loop-20261121T101500Z-00c0ffee');

function sha(number: number): Sha {
  return shaSchema.parse(number.toString(16).padStart(40, '0'));
}

/** A run without git, agents or queue: it tells the events that the engine would tell of such steps. */
export class SimulatedRun {
  readonly #settings: SimulatedSettings;
  readonly #events: DurableEvent[] = [];
  readonly #slots: SimulatedSlot[];
  readonly #tasks: SimulatedTask[];
  readonly #parked: ParkedBranch[] = [];
  #now = Date.parse('2026-11-22T10:15:00.000Z');
  #workers = 0;
  #started = 0;
  #commits = 1;
  #bugs = 0;
  #maxIter: number | null;
  #trunk = sha(1);

  constructor(settings: SimulatedSettings) {
    this.#settings = settings;
    this.#maxIter = settings.max_iter;
    this.#slots = Array.from({ length: settings.jobs }, (_, index) => simulatedSlot(index + 1));
    this.#tasks = Array.from({ length: settings.tasks }, (_, index) => ({
      id: taskIdSchema.parse(`app-${index + 1}`),
      status: 'ready',
      counted: 0,
      faults: 0,
    }));
    this.#begin();
  }

  get #serial(): boolean {
    return this.#settings.jobs === 1;
  }

  /** One more event, or a few that come together. */
  step(step: SimulatedStep): void {
    if (this.#settings.dry_run) return;
    this.#now += step.seconds * 1000;
    const slot = this.#slots[step.slot % this.#slots.length]!;
    if (step.aside !== null) this.#aside(slot, step);
    const next = slot.planned.shift();
    if (next) this.#tell(next());
    else this.#begins(slot, step);
  }

  /** Ends what is under way, then the run; gives all its events. */
  finish(): readonly DurableEvent[] {
    if (this.#settings.dry_run) return this.#finishDry();
    const { landing, detached, moved_on } = this.#settings;
    const max_iter = this.#maxIter;
    const limited = max_iter !== null && this.#started >= max_iter;
    const stop_reason = limited ? ('max_iter' as const) : ('ready_empty' as const);
    this.#tell({ type: 'run.stopping', reason: stop_reason, detail: '' });
    for (const slot of this.#slots) {
      for (const planned of slot.planned) this.#tell(planned());
      // A task that was to be tried again is given back.
      if (slot.task)
        this.#tell({
          type: 'task.returned',
          task: slot.task.id,
          note: 'the run has ended',
          failed: false,
          offered: false,
        });
      this.#tell({ type: 'slot.finished', slot: slot.slot, worker: slot.worker, stop_reason });
    }
    const merged = this.#trunk !== sha(1);
    const tip = moved_on ? sha(8000) : sha(1);
    if (merged && moved_on && !detached && !this.#serial && landing !== 'not_tried') {
      const candidate = sha((this.#commits += 1));
      this.#tell({ type: 'trunk.catching_up', candidate, onto: this.#trunk, tip });
      this.#trunk = candidate;
      this.#tell({ type: 'trunk.caught_up', sha: candidate, tip });
    }
    const [from, to] = [merged && !this.#serial ? tip : sha(1), this.#trunk];
    const branch = detached ? null : 'main';
    if (this.#serial) this.#tell({ type: 'run.landed', branch, from, to, how: 'in_place' });
    else if (!merged) this.#tell({ type: 'run.landed', branch, from, to, how: 'nothing' });
    else if (branch === null) this.#tell({ type: 'run.landed', branch, from, to, how: 'detached' });
    else if (landing !== 'not_tried') {
      this.#tell({ type: 'land.started', branch, from, to });
      if (landing === 'refused')
        this.#tell({ type: 'land.refused', branch, to, reason: 'main has changed files' });
      else {
        this.#tell({ type: 'run.landed', branch, from, to, how: 'fast_forward' });
        for (const { worker } of this.#slots)
          if (worker !== null) this.#tell({ type: 'worker.removed', worker });
      }
    }
    const tasks_left = this.#tasks.filter(({ status }) => status === 'ready').length;
    this.#tell({ type: 'run.finished', stop_reason, exit_code: 0, tasks_left });
    return this.#events;
  }

  #finishDry(): readonly DurableEvent[] {
    for (const [worker, { id: task }] of this.#tasks.slice(0, this.#slots.length).entries()) {
      const branch = this.#serial ? 'main' : `loop/${RUN}/w${worker}`;
      const prompt = { prompt_hash: '00f067aa0ba902b7', prompt: `Do ${task}.\nSay closed ${task}.\n` };
      this.#tell({ type: 'slot.planned', slot: worker + 1, worker, branch, task, title: task, ...prompt });
    }
    const tasks_left = this.#tasks.length;
    this.#tell({ type: 'run.finished', stop_reason: 'ready_empty', exit_code: 0, tasks_left });
    return this.#events;
  }

  #tell(body: Body): void {
    this.#now += 1;
    this.#events.push({ v: 1, at: new Date(this.#now).toISOString(), ...body });
  }

  #begin(): void {
    const { jobs, dry_run, attempts, max_iter, detached, ungated } = this.#settings;
    this.#tell({
      type: 'run.started',
      run_id: RUN,
      jobs,
      mode: dry_run ? 'dry_run' : this.#serial ? 'serial' : 'worktrees',
      runtime: 'claude',
      queue: 'file',
      home: '/home/me/app',
      starting_branch: detached ? null : 'main',
      starting_sha: sha(1),
      trunk: this.#serial || dry_run ? null : `loop/${RUN}/trunk`,
      attempts,
      ungated,
      limits: { max_iter, budget_tokens: null, budget_cost: null, budget_wall_ms: null },
    });
    if (dry_run) return;
    const outcome = ungated ? ('skipped' as const) : ('green' as const);
    this.#tell({ type: 'base.checked', tree: sha(1), outcome, duration_ms: 900, tail: '' });
  }

  #aside(slot: SimulatedSlot, { aside, choice }: SimulatedStep): void {
    const settling = aside === 'settle' ? this.#parked.shift() : undefined;
    if (settling) this.#settle(RUN, settling.worker, settling.task, choice);
    if (aside === 'settle_earlier') this.#settle(EARLIER_RUN, 7, taskIdSchema.parse('old-1'), choice);
    if (aside === 'notice') this.#tell({ type: 'notice', level: 'info', text: 'disk: 41 GB free' });
    if (aside === 'pause' && !slot.paused && !slot.removed) {
      slot.paused = true;
      this.#tell({ type: 'control.received', control: { type: 'pauseSlot', slot: slot.slot } });
      this.#tell({ type: 'slot.paused', slot: slot.slot });
    }
    if (aside === 'resume' && slot.paused) {
      slot.paused = false;
      this.#tell({ type: 'control.received', control: { type: 'resumeSlot', slot: slot.slot } });
      this.#tell({ type: 'slot.resumed', slot: slot.slot });
    }
    if (aside === 'add') this.#addSlot();
    if (aside === 'remove') this.#removeSlot();
    if (aside === 'raise') this.#raise(choice);
    if (aside === 'restart') this.#restart();
    if (aside === 'trunk' && choice < 50) {
      this.#tell({ type: 'trunk.checked', tree: this.#trunk, outcome: 'green', duration_ms: 500, tail: '' });
    } else if (aside === 'trunk') {
      this.#tell({ type: 'trunk.restored', found: sha(9999), expected: this.#trunk, salvage: null });
    }
  }

  /** The limit of iterations, of which an answer has said that it can be raised. */
  #raise(choice: number): void {
    if (this.#maxIter === null) return;
    this.#maxIter += 1 + choice;
    this.#tell({
      type: 'control.received',
      control: { type: 'raiseLimits', limits: { max_iter: this.#maxIter } },
    });
  }

  #addSlot(): void {
    const jobs = this.#slots.filter(({ removed }) => !removed).length;
    if (this.#serial || jobs === 16) return;
    const again = this.#slots.find(({ removed }) => removed);
    if (again) again.removed = false;
    else this.#slots.push(simulatedSlot(jobs + 1));
    this.#tell({ type: 'control.received', control: { type: 'addSlot' } });
    this.#tell({ type: 'slots.changed', slots: jobs + 1 });
  }

  #removeSlot(): void {
    const standing = this.#slots.filter(({ removed }) => !removed);
    const last = standing.at(-1);
    if (!last || standing.length === 1) return;
    last.removed = true;
    last.paused = false;
    this.#tell({ type: 'control.received', control: { type: 'removeSlot' } });
    this.#tell({ type: 'slots.changed', slots: standing.length - 1 });
  }

  /** The run is cut in a moment in which it does nothing, and resumed. */
  #restart(): void {
    if (this.#slots.some(({ task, planned }) => task !== null || planned.length > 0)) return;
    const { attempts } = this.#settings;
    const max_iter = this.#maxIter;
    for (const slot of this.#slots) slot.paused = false;
    const limits = { max_iter, budget_tokens: null, budget_cost: null, budget_wall_ms: null };
    this.#tell({ type: 'run.resumed', runtime: 'claude', attempts, limits, away_ms: 60_000 });
  }

  #settle(run: typeof RUN, worker: number, task: TaskId, choice: number): void {
    const outcome = (['merged', 'already_merged', 'reopened'] as const)[choice % 3]!;
    if (outcome !== 'already_merged') {
      this.#tell({
        type: 'parked.merging',
        run,
        worker,
        task,
        candidate: sha(this.#commits + 1),
        onto: this.#trunk,
      });
    }
    if (outcome === 'merged') this.#trunk = sha((this.#commits += 1));
    const merged = outcome === 'merged' ? this.#trunk : null;
    this.#tell({
      type: 'parked.settled',
      run,
      worker,
      task,
      outcome,
      sha: merged,
      reason: 'its bug was closed',
    });
    if (outcome === 'reopened') {
      if (run === RUN) this.#parked.push({ worker, task });
      return;
    }
    this.#tell({ type: 'task.closed', task, sha: this.#trunk, how: 'merged' });
    if (run === RUN) this.#tell({ type: 'worker.removed', worker });
  }

  #begins(slot: SimulatedSlot, step: SimulatedStep): void {
    const max_iter = this.#maxIter;
    if (slot.removed) return this.#leave(slot);
    if (slot.task === null && slot.paused) return this.#wait(slot, 'paused');
    if (max_iter !== null && this.#started >= max_iter) return;
    const retried = slot.task;
    const task = retried ?? this.#tasks.find(({ status }) => status === 'ready');
    if (!task) return this.#wait(slot, 'nothing_ready');
    if (slot.worker === null) this.#createWorker(slot);
    const worker = slot.worker ?? 0;
    if (!retried) {
      this.#tell({ type: 'task.claiming', slot: slot.slot, worker, task: task.id });
      if (step.aside === 'claim_lost') {
        this.#tell({ type: 'task.claim_lost', slot: slot.slot, worker, task: task.id, holder: 'somebody' });
        return;
      }
      task.status = 'held';
      const title = `Do the work of ${task.id}`;
      this.#tell({ type: 'task.claimed', slot: slot.slot, worker, task: task.id, title, priority: 1 });
    }
    this.#started += 1;
    slot.iterations += 1;
    slot.task = task;
    this.#plan(slot, worker, task, step);
  }

  /** A removed slot takes no task; the one that it would try again is for the others. */
  #leave(slot: SimulatedSlot): void {
    const { task } = slot;
    if (task === null) return;
    slot.task = null;
    task.status = 'ready';
    this.#tell({ type: 'task.returned', task: task.id, note: 'removed', failed: false, offered: true });
  }

  #wait(slot: SimulatedSlot, reason: 'paused' | 'nothing_ready' | 'back_off' | 'usage_limit'): void {
    this.#tell({ type: 'slot.waiting', slot: slot.slot, reason, detail: '', until: null });
  }

  #createWorker(slot: SimulatedSlot): void {
    const worker = this.#workers;
    this.#workers += 1;
    slot.worker = worker;
    slot.iterations = 0;
    this.#tell({
      type: 'worker.created',
      slot: slot.slot,
      worker,
      branch: this.#serial ? 'main' : `loop/${RUN}/w${worker}`,
      path: this.#serial ? '/home/me/app' : `/home/me/.hew/wt/${RUN}/${worker}`,
      git_dir: '/home/me/app/.git',
      base: this.#trunk,
    });
  }

  /** The attempt from its start to its end. */
  #plan(slot: SimulatedSlot, worker: number, task: SimulatedTask, step: SimulatedStep): void {
    const { end: wanted, tokens, cost_usd, choice, aside } = step;
    // Where nothing is merged, nothing can go wrong about it.
    const mergeless = wanted === 'conflict' || wanted === 'merged_gate_red' || wanted === 'parked';
    const end = this.#serial && mergeless ? 'gate_red' : wanted;
    const attempt = task.counted + 1;
    const work = { slot: slot.slot, worker, task: task.id, attempt, iteration: slot.iterations };
    const model = choice % 2 === 0 ? 'sonnet' : null;
    const duration_ms = 1000 * (choice + 1);
    this.#tell({
      type: 'iteration.started',
      ...work,
      base: this.#trunk,
      prompt_hash: '00f067aa0ba902b7',
      runtime: 'claude',
      model,
      cooldown_engaged: choice % 3 === 0,
    });

    const plan = slot.planned;
    const add = (...planned: readonly Planned[]): void => void plan.push(...planned);
    const closing = end === 'merged' || end === 'empty' ? 'closed' : end === 'blocked' ? 'blocked' : null;
    add(() => ({
      type: 'agent.finished',
      ...work,
      exit_code: 0,
      closing,
      tokens,
      cost_usd,
      model,
      duration_ms,
    }));
    if (aside === 'foreign') add(() => ({ type: 'foreign.changed', ...work, what: ['stash'] }));
    if (['merged', 'gate_red', 'merged_gate_red', 'conflict'].includes(end)) {
      const outcome = end === 'gate_red' ? 'red' : this.#settings.ungated ? 'ungated' : 'green';
      add(() => ({ type: 'gate.started', ...work, which: 'own' }));
      add(() => ({
        type: 'gate.finished',
        ...work,
        which: 'own',
        outcome,
        command: 'npm test',
        duration_ms,
      }));
    }
    if (!this.#serial) this.#planMerge(end, work, add);
    if (end === 'merged' || end === 'empty') this.#planClose(end, work, choice, add);

    let salvage: string | null = null;
    if (!['merged', 'empty', 'conflict', 'parked'].includes(end)) {
      salvage = `refs/hew/salvage/${RUN}/w${worker}/${slot.iterations}`;
      const kept = { ref: salvage, sha: sha(5000 + this.#started), worker, task: task.id, attempt };
      add(() => ({ type: 'salvage.created', ...kept, reason: end }));
    }
    if (end === 'conflict' || end === 'parked') this.#planParking(end, slot, work, add);
    add(() => this.#end(slot, task, { work, end, tokens, cost_usd, model, duration_ms, salvage }));
  }

  #planMerge(end: AttemptEnd, work: Work, add: (...planned: Planned[]) => void): void {
    if (end !== 'merged' && end !== 'merged_gate_red' && end !== 'conflict') return;
    add(() => ({ type: 'merge.queued', ...work, result: sha(7000 + this.#commits) }));
    const files = ['source/client.ts', 'test/client.test.ts'];
    if (end === 'conflict') {
      add(() => ({ type: 'merge.finished', ...work, outcome: 'conflict', sha: null, files }));
      return;
    }
    const outcome = end === 'merged' ? 'green' : 'red';
    add(() => ({ type: 'gate.started', ...work, which: 'merged' }));
    add(() => ({ type: 'gate.finished', ...work, which: 'merged', outcome, command: null, duration_ms: 70 }));
    if (end === 'merged_gate_red') {
      add(() => ({ type: 'merge.finished', ...work, outcome: 'red', sha: null, files: [] }));
      return;
    }
    add(() => ({ type: 'merge.started', ...work, candidate: sha(this.#commits + 1), onto: this.#trunk }));
    add(() => {
      this.#trunk = sha((this.#commits += 1));
      return { type: 'merge.finished', ...work, outcome: 'merged', sha: this.#trunk, files };
    });
  }

  #planClose(
    end: 'merged' | 'empty',
    work: Work,
    choice: number,
    add: (...planned: Planned[]) => void,
  ): void {
    const { task } = work;
    add(() => ({ type: 'task.closing', ...work, sha: this.#trunk }));
    add(() => {
      if (choice < 10)
        return { type: 'task.close_refused', task, sha: this.#trunk, message: 'a blocker is open' };
      if (this.#serial && end === 'merged') this.#trunk = sha((this.#commits += 1));
      return { type: 'task.closed', task, sha: this.#trunk, how: end };
    });
  }

  #planParking(
    end: 'conflict' | 'parked',
    slot: SimulatedSlot,
    work: Work,
    add: (...planned: Planned[]) => void,
  ): void {
    const { task, worker } = work;
    const bug = taskIdSchema.parse(`bug-${(this.#bugs += 1)}`);
    if (end === 'conflict')
      add(() => ({ type: 'conflict.filed', task, bug, worker, files: ['source/client.ts'] }));
    add(() => {
      slot.worker = null;
      return { type: 'worker.parked', worker, task, reason: end, bug, result: null };
    });
  }

  /** The last event of an attempt; what follows from it is planned. */
  #end(slot: SimulatedSlot, task: SimulatedTask, attempt: Ended): Body {
    const { work, end, ...told } = attempt;
    const counted = countsAsAttempt(end);
    task.counted += counted ? 1 : 0;
    task.faults = faultsAfter(task.faults, end);
    const history = { counted: task.counted, faults: task.faults, attempts: this.#settings.attempts };
    const { queue, next, fate } = consequenceOf(end, history);
    if (next !== 'retry') slot.task = null;
    if (end === 'conflict' || end === 'parked') this.#parked.push({ worker: work.worker, task: task.id });
    if (queue === 'open' || queue === 'open_as_failed') {
      const failed = queue === 'open_as_failed';
      const refused = { note: end, failed, offered: false, message: 'bd does not answer' };
      if (end === 'queue_failed')
        slot.planned.push(() => ({ type: 'task.return_refused', task: task.id, ...refused }));
      slot.planned.push(() => {
        task.status = failed || end === 'skipped' || end === 'aborted' ? 'done' : 'ready';
        return { type: 'task.returned', task: task.id, note: end, failed, offered: false };
      });
    } else if (next !== 'retry') task.status = 'done';
    if (next === 'back_off') {
      const reason = end === 'usage_limit' ? 'usage_limit' : 'back_off';
      slot.planned.push(() => ({ type: 'slot.waiting', slot: slot.slot, reason, detail: end, until: null }));
    }
    const reason = fate === 'merged' || fate === 'empty' ? null : `it ended as ${end}`;
    return {
      type: 'iteration.finished',
      ...work,
      ...told,
      end,
      counted,
      fate,
      reason,
      runtime: 'claude',
      files: [],
    };
  }
}

interface Work {
  readonly slot: number;
  readonly worker: number;
  readonly task: TaskId;
  readonly attempt: number;
  readonly iteration: number;
}

interface Ended {
  readonly work: Work;
  readonly end: AttemptEnd;
  readonly tokens: TokenCount;
  readonly cost_usd: number | null;
  readonly model: string | null;
  readonly duration_ms: number;
  readonly salvage: string | null;
}
