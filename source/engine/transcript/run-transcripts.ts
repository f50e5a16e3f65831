import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iterationFile } from '../attempt.js';
import type { Git } from '../git/git.js';
import { isIntact } from '../git/worktree.js';
import { writeWorktreeDiff } from '../git/worktree-diff.js';
import { readIterationRecord } from '../run-files/iteration-record.js';
import { RunFileError } from '../run-files/run-file-error.js';
import type { Redactor } from '../redactor.js';
import type { Activity, RunState, WorkerState } from '../state.js';
import { partsOf, type PartOf } from './log-parts.js';
import { LogTranscript } from './log-transcript.js';
import type {
  TranscriptKind,
  IterationPlace,
  TranscriptAnswer,
  TranscriptRequest,
  TranscriptSource,
} from './transcript.js';

/** A run whose iterations are to be read. */
export interface ReadableRun {
  /** Of its journal and files. */
  readonly folder: string;
  /** What is known of it at the moment. */
  readonly state: () => RunState;
  /** For diffs. */
  readonly git: Git;
  readonly redactor: Redactor;
}

type Working = Extract<Activity, { kind: 'working' }>;

/** What can be read of a run's iterations, from its folder and its worktrees. */
export class RunTranscripts implements TranscriptSource {
  readonly #run: ReadableRun;

  constructor(run: ReadableRun) {
    this.#run = run;
  }

  /** Rejects when the disk fails, or git. */
  async open(request: TranscriptRequest): Promise<TranscriptAnswer> {
    const transcript = request.kind === 'diff' ? await this.#diff(request) : await this.#log(request);
    if (typeof transcript === 'string') return { kind: 'missing', why: transcript };
    return { kind: 'open', about: await this.#about(request), transcript };
  }

  async #log({ kind, worker, iteration }: TranscriptRequest): Promise<LogTranscript | string> {
    const suffix = { agent: 'agent.jsonl', gate: 'gate.log', merged_gate: 'merged-gate.log', diff: '' }[kind];
    const path = this.#file({ worker, iteration }, suffix);
    const cwd = this.#run.state().workers.get(worker)?.path ?? null;
    const missing =
      kind === 'agent' ? 'the agent has put out nothing yet' : 'the gate has not run in this iteration';
    return (await LogTranscript.open(path, this.#partsOf(kind, cwd))) ?? missing;
  }

  /** The diff is a file that nobody else sees, and that goes with the transcript. */
  async #diff({ worker, iteration }: TranscriptRequest): Promise<LogTranscript | string> {
    const { workers, slots } = this.#run.state();
    const place = workers.get(worker);
    const work = slots
      .map(({ worker: number, activity }) => (number === worker ? activity : null))
      .find((activity): activity is Working => activity?.kind === 'working');
    if (!place || work?.iteration !== iteration)
      return 'this iteration has ended: its files are no longer as it left them';
    const file = join(tmpdir(), `hew-diff-${randomUUID()}`);
    try {
      return await this.#writeDiff(place, work, file);
    } finally {
      // What is open stays readable until it is closed.
      await rm(file, { force: true });
    }
  }

  async #writeDiff(place: WorkerState, { base }: Working, file: string): Promise<LogTranscript | string> {
    const { git } = this.#run;
    if (!(await isIntact(git, place))) return `${place.path} is not the worktree that it was`;
    await writeWorktreeDiff(git, place, base, file);
    const transcript = await LogTranscript.open(file, this.#partsOf('diff', null), { grows: false });
    return transcript ?? 'git has written no diff';
  }

  async #about(place: IterationPlace): Promise<string> {
    try {
      const { task_id, attempt, end } = await readIterationRecord(this.#file(place, 'json'));
      const tried = attempt === null ? '' : `, try ${attempt}`;
      return `${task_id ?? 'no task'}${tried}${end === null ? '' : `: ${end.replaceAll('_', ' ')}`}`;
    } catch (error) {
      // It only heads what is read, and is written at about the same time as the log begins.
      if (error instanceof RunFileError) return '';
      throw error;
    }
  }

  #partsOf(kind: TranscriptKind, cwd: string | null): PartOf {
    return partsOf({ kind, cwd, redactor: this.#run.redactor });
  }

  #file({ worker, iteration }: IterationPlace, suffix: string): string {
    const serial = this.#run.state().run?.mode === 'serial';
    return iterationFile({ folder: this.#run.folder, serial }, worker, iteration, suffix);
  }
}
