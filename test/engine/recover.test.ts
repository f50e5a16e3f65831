import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DurableEvent, EventBody } from '../../source/engine/events.js';
import { claimActor, type Sha, type TaskId, taskIdSchema } from '../../source/engine/ids.js';
import { type LooseEnds, looseEnds, type OpenIteration } from '../../source/engine/loose-ends.js';
import { type AttemptEnd, consequenceOf } from '../../source/engine/outcome.js';
import { NO_TOKENS } from '../../source/engine/ports.js';
import {
  recover,
  type RecoveryStep,
  type TrunkCommit,
  type World,
  type WorktreeFound,
} from '../../source/engine/recover.js';
import { EMPTY_STATE, reduce } from '../../source/engine/reduce.js';
import type { RunState } from '../../source/engine/state.js';
import { eventSequences } from '../event-sequences.js';
import { checkInvariants } from '../state-invariants.js';

type Body = Extract<EventBody, { type: DurableEvent['type'] }>;
type Status = { readonly id: TaskId; readonly status: string; readonly assignee: string | null };

/** A run that was cut, and the world that it left: what its open intents came to is drawn. */
class Cut {
  readonly #events: DurableEvent[];
  readonly #tasks = new Map<TaskId, Status>();
  readonly #trunk = new Map<Sha, TrunkCommit>();
  readonly #bugs = new Map<number, TaskId>();
  readonly #worktrees = new Map<number, WorktreeFound>();
  readonly #landing: World['landing'];

  constructor(events: readonly DurableEvent[], happened: () => boolean) {
    this.#events = [...events];
    const { workers, run } = this.state;
    for (const event of events) this.#remember(event);
    const ends = this.ends;
    for (const iteration of ends.iterations) this.#goOn(iteration, happened);
    for (const { task } of ends.returning) if (happened()) this.#set(task, 'open', null);
    const { parked_merging: parked, catching_up: tip } = ends;
    if (parked && happened()) this.#trunk.set(parked.candidate, { task: parked.task, attempt: 0 });
    if (tip && happened()) this.#trunk.set(tip.candidate, { task: null, attempt: null });
    for (const { worker, place } of workers.values()) {
      const lost = run?.mode === 'worktrees' && place === 'active' && happened() && happened();
      this.#worktrees.set(worker, lost ? (happened() ? 'gone' : 'changed') : 'intact');
    }
    const next = workers.size;
    if (run?.mode === 'worktrees' && happened()) this.#worktrees.set(next, 'intact');
    this.#landing = happened() ? 'landed' : happened() ? 'cut' : 'not_begun';
  }

  get state(): RunState {
    return this.#events.reduce(reduce, EMPTY_STATE);
  }

  get ends(): LooseEnds {
    return looseEnds(this.#events);
  }

  get world(): World {
    return {
      trunk: this.#trunk,
      tasks: this.#tasks,
      bugs: this.#bugs,
      worktrees: this.#worktrees,
      salvages: [],
      landing: this.#landing,
    };
  }

  /** The claims of the run that the queue still has. */
  get claims(): TaskId[] {
    return [...this.#tasks.values()]
      .filter(({ status, assignee }) => status === 'in_progress' && assignee?.startsWith('hew/'))
      .map(({ id }) => id);
  }

  /** Does a step as settle-run.ts does it. */
  do(step: RecoveryStep): void {
    switch (step.kind) {
      case 'tell_salvage':
        return this.#tell({ type: 'salvage.created', ...step.salvage });
      case 'adopt_worker': {
        const { slot, worker } = step;
        const made = { branch: `w${worker}`, path: `/${worker}`, git_dir: '/git', base: this.#base };
        return this.#tell({ type: 'worker.created', slot, worker, ...made });
      }
      case 'tell_merge':
        return this.#tell({
          type: 'merge.finished',
          ...placeOf(step.iteration),
          outcome: 'merged',
          sha: step.sha,
          files: [],
        });
      case 'tell_caught_up':
        return this.#tell({ type: 'trunk.caught_up', sha: step.sha, tip: step.tip });
      case 'tell_parked_merge': {
        const { run, worker, task, sha } = step;
        return this.#tell({ type: 'parked.settled', run, worker, task, sha, outcome: 'merged', reason: '' });
      }
      case 'close':
        this.#set(step.task, 'closed', null);
        return this.#tell({
          type: 'task.closed',
          task: step.task,
          sha: step.sha ?? this.#base,
          how: step.how,
        });
      case 'end_well':
        return this.#end(step.iteration, step.how);
      case 'park':
        return this.#park(step.iteration, step.bug);
      case 'lose':
        return this.#end(step.iteration, 'interrupted');
      case 'reopen':
        return this.#set(step.task, 'open', null);
      case 'give_back':
      case 'tell_returned': {
        const { task, failed } = step;
        if (this.state.tasks.get(task)?.fate === 'conflicted') return;
        if (step.kind === 'give_back') this.#set(task, 'open', null);
        return this.#tell({ type: 'task.returned', task, failed, note: '', offered: false });
      }
      case 'remove_parked':
      case 'drop_worker':
        return this.#tell({ type: 'worker.removed', worker: step.worker });
      case 'tell_landing': {
        const { branch, from, to } = step.begun;
        if (step.landing === 'cut') return this.#tell({ type: 'land.refused', branch, to, reason: 'cut' });
        return this.#tell({ type: 'run.landed', branch, from, to, how: 'fast_forward' });
      }
    }
  }

  get #base(): Sha {
    const { run, trunk } = this.state;
    if (!run) throw new Error('the run has not started');
    return trunk ?? run.starting_sha;
  }

  #tell(body: Body): void {
    const last = this.#events.at(-1)?.at ?? '';
    this.#events.push({ v: 1, at: last, ...body });
  }

  #set(id: TaskId, status: string, assignee: string | null): void {
    this.#tasks.set(id, { id, status, assignee });
  }

  #claim(task: TaskId, worker: number): void {
    const { run } = this.state;
    if (run) this.#set(task, 'in_progress', claimActor(run.run_id, worker));
  }

  /** What the events say that was done was done. */
  #remember(event: DurableEvent): void {
    if (event.type === 'task.claimed') this.#claim(event.task, event.worker);
    if (event.type === 'task.returned') this.#set(event.task, 'open', null);
    if (event.type === 'task.closed') this.#set(event.task, 'closed', null);
    if (event.type === 'worker.parked' && event.bug) this.#bugs.set(event.worker, event.bug);
    const merge = event.type === 'merge.finished' || event.type === 'parked.settled';
    if (merge && event.sha) {
      const attempt = event.type === 'merge.finished' ? event.attempt : 0;
      this.#trunk.set(event.sha, { task: event.task, attempt });
    }
  }

  /** Effects whose result the journal does not tell. */
  #goOn({ started, merge, closing, bug }: OpenIteration, happened: () => boolean): void {
    const { task, attempt, worker } = started;
    if (merge?.type === 'merge.started' && happened()) this.#trunk.set(merge.candidate, { task, attempt });
    if (closing ? happened() : happened() && happened()) this.#set(task, 'closed', null);
    const parks = merge === null || (merge.type === 'merge.finished' && merge.outcome === 'conflict');
    if (parks && !closing && bug === null && this.state.run?.mode === 'worktrees' && happened())
      this.#bugs.set(worker, taskIdSchema.parse(`bug-of-w${worker}`));
  }

  #park(iteration: OpenIteration, bug: TaskId | null): void {
    const { worker, task } = iteration.started;
    if (!iteration.parked) this.#tell({ type: 'worker.parked', worker, task, reason: '', bug, result: null });
    this.#end(iteration, 'parked');
  }

  #end(iteration: OpenIteration, end: AttemptEnd): void {
    if (!iteration.agent) {
      const ended = {
        exit_code: null,
        closing: null,
        tokens: NO_TOKENS,
        cost_usd: 0,
        model: null,
        duration_ms: 0,
      };
      this.#tell({ type: 'agent.finished', ...placeOf(iteration), ...ended });
    }
    const { counts, fate } = consequenceOf(end, { counted: 0, faults: 0, attempts: 1 });
    this.#tell({
      type: 'iteration.finished',
      ...placeOf(iteration),
      end,
      counted: counts,
      fate,
      reason: null,
      tokens: NO_TOKENS,
      cost_usd: 0,
      runtime: 'claude',
      model: null,
      duration_ms: 0,
      salvage: null,
      files: [],
    });
  }
}

function placeOf({ started }: OpenIteration) {
  const { slot, worker, task, attempt, iteration } = started;
  return { slot, worker, task, attempt, iteration };
}

const cuts = fc
  .record({
    events: eventSequences.filter(([first]) => first?.type === 'run.started' && first.mode !== 'dry_run'),
    length: fc.double({ min: 0, max: 1, noNaN: true }),
    happened: fc.infiniteStream(fc.boolean()),
  })
  .map(({ events, length, happened }) => {
    const prefix = events.slice(0, Math.max(1, Math.floor(length * events.length)));
    return new Cut(prefix, () => happened.next().value);
  });

function settle(cut: Cut): readonly RecoveryStep[] {
  const steps = recover(cut.state, cut.ends, cut.world);
  for (const step of steps) cut.do(step);
  return steps;
}

describe('recover', () => {
  it('settles every prefix of a journal in any world that it may have left', () => {
    fc.assert(
      fc.property(cuts, (cut) => {
        const steps = settle(cut);
        const { ends, state } = cut;
        const open = { ...ends, landing: null, parked_merging: null, catching_up: null, salvages: null };
        expect({ steps, open }).toEqual({
          steps,
          open: {
            iterations: [],
            returning: [],
            parked_merging: null,
            catching_up: null,
            unclosed: [],
            unremoved: [],
            landing: null,
            salvages: null,
          },
        });
        expect({ steps, problems: checkInvariants(state) }).toEqual({ steps, problems: [] });
        expect([...state.tasks.values()].filter((task) => task.return_refused !== null)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no claim but those of parked work and of what the queue would not close', () => {
    fc.assert(
      fc.property(cuts, (cut) => {
        settle(cut);
        const held = cut.claims.filter((id) => {
          const task = cut.state.tasks.get(id);
          const refused = (task?.close_refused ?? null) !== null;
          return task?.fate !== 'conflicted' && !refused;
        });
        expect(held).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('calls nothing merged but what was told, or what trunk holds, and leaves out nothing that it holds', () => {
    fc.assert(
      fc.property(cuts, (cut) => {
        const { state: before, ends, world } = cut;
        settle(cut);
        if (before.run?.mode === 'serial') return;
        const wrong = [...cut.state.tasks.values()].filter(({ id, fate }) => {
          const open = ends.iterations.find(({ started }) => started.task === id);
          const held =
            open?.merge?.type === 'merge.started' ? world.trunk.get(open.merge.candidate) : undefined;
          const parked = ends.parked_merging?.task === id && world.trunk.has(ends.parked_merging.candidate);
          const told = before.tasks.get(id)?.fate === 'merged' || open?.merge?.type === 'merge.finished';
          if (held?.task === id && held.attempt === open?.started.attempt) return fate !== 'merged';
          return fate === 'merged' && !told && !parked;
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('has nothing more to do the second time', () => {
    fc.assert(
      fc.property(cuts, (cut) => {
        settle(cut);
        const again = recover(cut.state, cut.ends, cut.world);
        expect(again.filter(({ kind }) => kind !== 'adopt_worker')).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
