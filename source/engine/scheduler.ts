import type { SlotControl } from './controls.js';
import { GitError } from './git/git.js';
import { guardTrunk } from './guard-trunk.js';
import { countsAsAttempt } from './outcome.js';
import { LostClaims } from './lost-claims.js';
import { ParkedDesk } from './parked-desk.js';
import { QueueError, type Task } from './ports.js';
import { QueueWatch } from './queue-watch.js';
import type { RunContext, StandingWorkers, Worker } from './run-context.js';
import { candidates } from './schedule.js';
import type { ParkedWork } from './parked-work.js';
import { isFree, makeSlots, type Slot, takeTask } from './slot-work.js';
import { type Stop, StopCheck } from './stop-check.js';
import { steerSlots } from './steer-slots.js';
import { tellWaiting } from './tell-waiting.js';
import { WakeCall } from './wake-call.js';
import type { AttemptGuard, EndedAttempt } from './work-on-task.js';

/** How often stop conditions are looked at while a slot waits (LOOP.md §7). */
const TICK_MS = 1_000;
/** After so many in a row it is not the task that is at fault: no disk, no queue. */
const MOST_SPOILED_STARTS = 3;

/** Gives tasks to slots, as soon as a slot is free and a task ready, until there is a reason to stop. */
export class Scheduler implements AttemptGuard {
  readonly #context: RunContext;
  readonly #stops: StopCheck;
  readonly #queue: QueueWatch;
  readonly #slots: Slot[];
  readonly #parked: ParkedDesk;
  readonly #work = new Set<Promise<void>>();
  readonly #lostClaims = new LostClaims();
  /** Starts in a row that git or the queue has spoiled. */
  #spoiledStarts = 0;
  #nextWorker: number;
  #stop: Stop | null = null;
  #failure: unknown = null;
  #checkingTrunk: Promise<void> = Promise.resolve();
  readonly #wake = new WakeCall();

  /** `parked` is what earlier runs have left. */
  constructor(context: RunContext, standing: StandingWorkers, parked: readonly ParkedWork[]) {
    this.#context = context;
    this.#stops = new StopCheck(context);
    this.#queue = new QueueWatch(context);
    this.#parked = new ParkedDesk(context, parked);
    this.#nextWorker = standing.next_worker;
    this.#slots = makeSlots(context.events.state.slots, standing.workers);
    context.events.subscribe((event) => {
      if (event.type !== 'iteration.started') return;
      const slot = this.#slots.find((each) => each.slot === event.slot);
      if (slot) slot.starting = false;
    });
    context.aborted.addEventListener('abort', () => this.#wake.call());
  }

  /** The workers that are on disk and not parked, those of removed slots too. */
  get workers(): readonly Worker[] {
    return this.#slots.map((slot) => slot.worker).filter((worker) => worker !== null);
  }

  /** The next number for a worker: numbers are never reused in a run. */
  nextWorker(): number {
    return this.#nextWorker++;
  }

  /** Does what is asked of slots and tasks, and looks at the queue anew. */
  control(control: SlotControl): void {
    if (control.type === 'drainRun') this.#stops.drain();
    else steerSlots(this.#context, this.#slots, control);
    this.#queue.forget();
    this.#wake.call();
  }

  /** Drains the queue. Resolves when no slot works any more; rejects when the run could not be told on disk. */
  async drain(): Promise<Stop> {
    await this.#giveOut().catch((error: unknown) => this.#fail(error));
    while (this.#work.size > 0) await Promise.all(this.#work);
    if (this.#failure) throw this.#failure;
    const stop = this.#stop;
    if (!stop) throw new Error('internal: the scheduler has ended without a reason');
    for (const slot of this.#slots) {
      const worker = slot.worker?.worker ?? null;
      this.#context.events.note({ type: 'slot.finished', slot: slot.slot, worker, stop_reason: stop.reason });
    }
    return stop;
  }

  async mustStop(worker: Worker): Promise<boolean> {
    if (this.#failure !== null || (await this.#shouldStop(false))) return true;
    const own = this.#slots.find((each) => each.slot === worker.slot);
    if (own?.interrupt.signal.aborted) return true;
    // A slot that has been given a task has its place within the limits already; a retry must find one.
    return own?.starting !== true && (own?.removed === true || !(await this.#mayStartOneMore()));
  }

  async untilReady(worker: Worker): Promise<void> {
    const { aborted, clock } = this.#context;
    const slot = this.#slots.find((each) => each.slot === worker.slot);
    if (!slot) return;
    for (;;) {
      const shortage = await this.#context.diskShortage();
      if ((!this.#isHeld(slot) && shortage === null) || slot.removed || slot.interrupt.signal.aborted) return;
      if (this.#failure !== null || (await this.#shouldStop(false))) return;
      tellWaiting(this.#context, slot, shortage);
      // One that was called by before would keep it from ever waiting again.
      if (slot.resumed.signal.aborted) slot.resumed = new AbortController();
      await clock.sleep(TICK_MS, AbortSignal.any([slot.resumed.signal, slot.interrupt.signal, aborted]));
    }
  }

  async attemptEnded(worker: Worker, ended: EndedAttempt): Promise<void> {
    const { runtimes, events } = this.#context;
    const failed = runtimes.report(ended.runtime, ended);
    if (failed !== null && runtimes.failed === null) {
      const text = `${ended.runtime} is used no more in this run: ${failed}`;
      events.note({ type: 'notice', level: 'warning', text });
    }
    if (!countsAsAttempt(ended.end)) return;
    // One look at trunk at a time: one that waits finds the count begun anew, or trunk known to be red.
    this.#checkingTrunk = this.#checkingTrunk.then(async () => {
      if (this.#stops.tripped) return;
      const red = await guardTrunk(this.#context, worker);
      if (red !== null) this.#stops.trip(red);
    });
    await this.#checkingTrunk;
  }

  async #giveOut(): Promise<void> {
    while (!this.#failure && !(await this.#shouldStop(false))) {
      await this.#list();
      await this.#assign();
      if (this.#work.size === 0 && (await this.#shouldStop(this.#isDrained()))) return;
      await this.#sleep();
    }
  }

  /** Decided once, for all slots. */
  async #shouldStop(ready_empty: boolean): Promise<boolean> {
    if (this.#stop) return true;
    const stop = await this.#stops.reason({ starting: 0, ready_empty });
    if (!stop || this.#stop) return this.#stop !== null;
    this.#stop = stop;
    await this.#context.events.record({ type: 'run.stopping', ...stop });
    this.#wake.call();
    return true;
  }

  /** What cannot be settled where it happened ends the run, and every agent with it. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#context.endAll(error);
  }

  async #list(): Promise<void> {
    if (!this.#slots.some(isFree)) return;
    const { fresh, broken } = await this.#queue.look();
    if (broken !== null) this.#stops.trip(`the queue cannot be read: ${broken}`);
    if (fresh) for (const trial of this.#parked.tryAgain(fresh)) this.#track(trial);
  }

  #candidates(): readonly Task[] {
    const { listing } = this.#queue;
    if (!listing) return [];
    const given = this.#slots.flatMap((slot) => (slot.task ? [slot.task.id] : []));
    return candidates({
      listing,
      tasks: this.#context.events.state.tasks,
      wishes: this.#context.events.state.wishes,
      taken: new Set([...given, ...this.#lostClaims.at(this.#context.clock.now().getTime())]),
      epic: this.#context.settings.loop.epic,
    });
  }

  #isDrained(): boolean {
    return this.#queue.listing !== null && this.#candidates().length === 0;
  }

  async #assign(): Promise<void> {
    const ready = [...this.#candidates()];
    const shortage = ready.length === 0 ? null : await this.#context.diskShortage();
    const waiting = shortage === null ? ready : [];
    for (const slot of this.#slots.filter(isFree)) {
      const task = this.#isHeld(slot) ? undefined : waiting[0];
      const starts = task !== undefined && (await this.#mayStartOneMore());
      // It may have been removed meanwhile.
      if (!isFree(slot)) continue;
      if (!starts) {
        tellWaiting(this.#context, slot, shortage);
        continue;
      }
      waiting.shift();
      slot.task = task;
      slot.starting = true;
      this.#track(this.#take(slot, task));
    }
  }

  /** Whether the slot must wait although there may be work for it. */
  #isHeld({ slot, paused }: Slot): boolean {
    return paused || this.#context.runtimes.choose(slot).kind === 'rest';
  }

  /** A limit of iterations counts what has been given out: else slots that start together would pass it. */
  async #mayStartOneMore(): Promise<boolean> {
    const starting = this.#slots.filter((slot) => slot.starting).length;
    return !this.#stop && (await this.#stops.reason({ starting, ready_empty: false })) === null;
  }

  async #take(slot: Slot, task: Task): Promise<void> {
    try {
      const end = await takeTask(this.#context, slot, task, () => this.nextWorker(), this);
      this.#spoiledStarts = 0;
      if (end === null) this.#leaveAlone(task);
      else if (end.home_problem !== null) this.#stops.trip(end.home_problem);
    } catch (error) {
      if (!(error instanceof GitError || error instanceof QueueError)) throw error;
      this.#leaveAlone(task);
      this.#spoiledStarts += 1;
      const text = `${task.id} could not be started: ${error.message}`;
      this.#context.events.note({ type: 'notice', level: 'warning', text });
      if (this.#spoiledStarts >= MOST_SPOILED_STARTS) this.#stops.trip(text);
    } finally {
      slot.task = null;
      slot.starting = false;
    }
  }

  #leaveAlone(task: Task): void {
    this.#lostClaims.add(task.id, this.#context.clock.now().getTime());
  }

  /** Follows a piece of work to its end; whatever goes wrong in it that it could not settle itself ends the run. */
  #track(work: Promise<void>): void {
    const followed = work
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#work.delete(followed);
        // A slot is free and something may have been closed or filed.
        this.#queue.forget();
        this.#wake.call();
      });
    this.#work.add(followed);
  }

  async #sleep(): Promise<void> {
    const { clock } = this.#context;
    await this.#wake.wait(this.#slots.some(isFree) ? { clock, ms: TICK_MS } : null);
  }
}
