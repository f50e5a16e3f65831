import { join } from 'node:path';
import { iterationFile } from './attempt.js';
import type { Clock } from './clock.js';
import type { EngineEvent } from './events.js';
import { iterationRecord, type IterationDetails } from './run-files/iteration-record.js';
import { manifestRecord } from './run-files/manifest-record.js';
import { runRecord, type RunRecordDetails } from './run-files/run-record.js';
import { writeRecord } from './run-files/write-record.js';
import type { RunState } from './state.js';

type Started = Extract<EngineEvent, { type: 'iteration.started' }>;

/** After these the state that lists of runs show has changed. */
const WORTH_SAVING = new Set<EngineEvent['type']>([
  'run.started',
  'slots.changed',
  'worker.created',
  'worker.parked',
  'worker.removed',
  'iteration.started',
  'iteration.finished',
  'parked.settled',
  'run.resumed',
  'control.received',
  'run.stopping',
  'run.landed',
  'land.refused',
  'run.finished',
]);

/** Keeps the files beside the journal (DESIGN.md §6) up to date: a listener of the events. */
export class RunFiles {
  readonly #folder: string;
  readonly #serial: boolean;
  readonly #clock: Clock;
  readonly #started = new Map<number, Started>();
  readonly #details = new Map<number, IterationDetails>();
  /** What is to be written, by path: only the newest content of a file is worth writing. */
  readonly #waiting = new Map<string, () => object>();
  #writing: Promise<void> | null = null;
  #failure: unknown = null;
  #about: RunRecordDetails = {};

  constructor(folder: string, serial: boolean, clock: Clock) {
    this.#folder = folder;
    this.#serial = serial;
    this.#clock = clock;
  }

  /** What the iteration's file is to tell beyond the events; said before `iteration.finished`. */
  tell(worker: number, details: IterationDetails): void {
    this.#details.set(worker, details);
  }

  /** What run.json is to tell beyond the events. */
  tellRun(about: RunRecordDetails): void {
    this.#about = about;
  }

  /** An iteration that began before the files were opened: its end is written with what it began with. */
  remember(started: Started): void {
    this.#started.set(started.worker, started);
  }

  /** Takes an event in; the files follow as soon as the disk allows. */
  take(event: EngineEvent, state: RunState): void {
    if (event.type === 'iteration.started') {
      this.#started.set(event.worker, event);
      this.#details.delete(event.worker);
      this.#saveIteration(event, null);
    } else if (event.type === 'iteration.finished') {
      const started = this.#started.get(event.worker);
      if (started) this.#saveIteration(started, event);
    }
    if (!WORTH_SAVING.has(event.type)) return;
    this.#save('run.json', () => runRecord(state, this.#clock.now(), this.#about));
    this.#save('manifest.json', () => manifestRecord(state));
  }

  /** Resolves when every file is on disk; rejects when one could not be written. */
  async settle(): Promise<void> {
    await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  #saveIteration(
    started: Started,
    finished: Extract<EngineEvent, { type: 'iteration.finished' }> | null,
  ): void {
    const details = this.#details.get(started.worker) ?? null;
    const place = { folder: this.#folder, serial: this.#serial };
    const path = iterationFile(place, started.worker, started.iteration, 'json');
    this.#write(path, () => iterationRecord({ started, finished, details }));
  }

  #save(name: string, content: () => object): void {
    this.#write(join(this.#folder, name), content);
  }

  #write(path: string, content: () => object): void {
    this.#waiting.set(path, content);
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    // Whatever comes within one turn is written once.
    await Promise.resolve();
    for (;;) {
      const next = this.#waiting.entries().next().value;
      if (!next) {
        // In the same turn as the look: what comes later must find that nobody writes any more.
        this.#writing = null;
        return;
      }
      const [path, content] = next;
      this.#waiting.delete(path);
      try {
        await writeRecord(path, content());
      } catch (error) {
        this.#failure ??= error;
      }
    }
  }
}
