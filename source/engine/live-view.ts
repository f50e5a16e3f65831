import { type ConflictsAhead, NO_CONFLICTS_AHEAD } from './conflicts-ahead.js';
import type { EngineEvent } from './events.js';
import type { TaskId } from './ids.js';
import type { TransientEvent } from './transient-events.js';
import type { QueueEntries } from './queue-entries.js';
import type { TokenCount } from './ports.js';
import { EMPTY_STATE } from './reduce.js';
import { addTokens, totalTokens } from './reduce-iteration.js';
import { shownSlots } from './shown-slots.js';
import type { RunState, SlotState, Spending, TaskState } from './state.js';
import { countTokens, NO_TOKENS_YET, type TokenRate } from './token-rate.js';

/** More than the tallest screen shows of a slot. */
const MOST_LINES = 256;

type QuietEvent = Extract<TransientEvent, { type: 'agent.quiet' }>;
type UsageEvent = Extract<EngineEvent, { type: 'agent.usage' | 'agent.finished' }>;
type LineEvent = Extract<TransientEvent, { type: 'agent.line' }>;

/** A line that an agent or the gate has put out. */
export type LiveLine = Readonly<Pick<LineEvent, 'kind' | 'text'>>;

/** What the slot's iteration has used by now. */
export interface LiveUsage {
  readonly tokens: TokenCount;
  readonly cost_usd: number | null;
  readonly model: string | null;
  /** The agent has ended: the state's sums hold it already. */
  readonly counted: boolean;
}

/** That an agent gives no sign of life. */
export interface LiveQuiet {
  /** Since when, in milliseconds since 1970. */
  readonly since: number;
  /** After so many milliseconds of it the agent is ended. */
  readonly stall_ms: number;
}

/** One slot as a screen shows it. */
export interface SlotView {
  readonly state: SlotState;
  /** The task that it claims or works on. */
  readonly task: TaskState | null;
  /** The last lines of its iteration, oldest first. They stay until the next iteration begins. */
  readonly lines: readonly LiveLine[];
  /** When the last of them came, in milliseconds since 1970; null when none has. */
  readonly last_output: number | null;
  /** The call of a tool that its agent has told last and of which no answer has come yet. */
  readonly tool: string | null;
  readonly usage: LiveUsage | null;
  /** Null while the agent gives signs of life; from a third of the time after which it has stalled. */
  readonly quiet: LiveQuiet | null;
  /** With whom its work would conflict now: workers, or trunk. */
  readonly conflicts: readonly (number | 'trunk')[];
}

/** A run at one moment. */
export interface LiveSnapshot {
  readonly state: RunState;
  /** Those that are not gone, from 1 on. */
  readonly slots: readonly SlotView[];
  /** The gate runs on the untouched base: nothing has been claimed yet. */
  readonly checking_base: boolean;
  /** Tasks that the queue had for agents when it was looked at last, besides those in work by now; null before that. */
  readonly left: number | null;
  /** The queue when it was looked at last; null before that. */
  readonly queue: QueueEntries | null;
  /** What would conflict if it were merged now. */
  readonly conflicts: ConflictsAhead;
  readonly rate: TokenRate;
}

/** What passes by of one slot. */
interface Tape {
  lines: LiveLine[];
  lastOutput: string | null;
  tool: string | null;
  usage: LiveUsage | null;
  quiet: LiveQuiet | null;
  conflicts: readonly (number | 'trunk')[];
  changed: boolean;
}

/**
 * What a live screen shows of a run: its state, and beside it what only passes by. Events come by the thousand and are
 * only kept; a screen takes a snapshot when it draws.
 */
export class LiveView {
  readonly #tapes = new Map<number, Tape>();
  #state: RunState = EMPTY_STATE;
  #checkingBase = false;
  #left: number | null = null;
  #queue: QueueEntries | null = null;
  #conflicts = NO_CONFLICTS_AHEAD;
  #rate = NO_TOKENS_YET;
  #snapshot: LiveSnapshot = {
    state: EMPTY_STATE,
    slots: [],
    checking_base: false,
    left: null,
    queue: null,
    conflicts: NO_CONFLICTS_AHEAD,
    rate: NO_TOKENS_YET,
  };

  /** Takes note of an event; `state` is the run's after it. Cheap. */
  take(event: EngineEvent, state: RunState): void {
    this.#state = state;
    if (event.type === 'agent.line') this.#add(event);
    else if (event.type === 'agent.usage') this.#use(event, false);
    else if (event.type === 'agent.quiet') this.#note(event);
    else if (event.type === 'agent.finished') this.#use(event, true);
    else if (event.type === 'iteration.started') this.#tapes.set(event.slot, emptyTape());
    else if (event.type === 'run.started') this.#checkingBase = event.mode !== 'dry_run';
    else if (event.type === 'base.checked') this.#checkingBase = false;
    else if (event.type === 'queue.seen') this.#left = event.left;
    else if (event.type === 'queue.listed') this.#queue = event;
    else if (event.type === 'task.claimed') this.#claim(event.task);
    else if (event.type === 'workers.conflicting') this.#warn(event);
  }

  /** The run's state after the last event. */
  get state(): RunState {
    return this.#state;
  }

  /** The run by now: immutable, and each slot's part the same object as before while nothing of that slot has changed. */
  snapshot(): LiveSnapshot {
    const state = this.#state;
    const before = this.#snapshot;
    const slots = shownSlots(state.slots).map((slot, index) => this.#slot(slot, before.slots[index]));
    const same = slots.length === before.slots.length && slots.every((slot, i) => slot === before.slots[i]);
    const seen = {
      left: this.#left,
      queue: this.#queue,
      conflicts: this.#conflicts,
      rate: this.#rate,
    };
    const run = { state, checking_base: this.#checkingBase, ...seen };
    const isNew =
      state !== before.state ||
      run.checking_base !== before.checking_base ||
      run.left !== before.left ||
      run.queue !== before.queue ||
      run.conflicts !== before.conflicts ||
      run.rate !== before.rate;
    if (!same || isNew) this.#snapshot = { ...run, slots: same ? before.slots : slots };
    return this.#snapshot;
  }

  #slot(state: SlotState, before: SlotView | undefined): SlotView {
    const tape = this.#tape(state.slot);
    const { activity } = state;
    const busy = activity.kind === 'working' || activity.kind === 'claiming';
    const task = busy ? (this.#state.tasks.get(activity.task) ?? null) : null;
    if (before && !tape.changed && before.state === state && before.task === task) return before;
    const lines = before && !tape.changed ? before.lines : tape.lines.slice(-MOST_LINES);
    tape.changed = false;
    const last_output = tape.lastOutput === null ? null : Date.parse(tape.lastOutput);
    const { tool, usage, quiet, conflicts } = tape;
    return { state, task, lines, last_output, tool, usage, quiet, conflicts };
  }

  /** While all slots work the queue is not looked at again; a look may have met the task in work already. */
  #claim(task: TaskId): void {
    const entry = this.#queue?.entries.find(({ id }) => id === task);
    if (this.#left !== null && entry?.place !== 'in_work') this.#left = Math.max(0, this.#left - 1);
  }

  #add({ slot, kind, text, at }: LineEvent): void {
    const tape = this.#tape(slot);
    tape.lines.push({ kind, text });
    // Cut only now and then, so that a line costs no copy of all the others.
    if (tape.lines.length >= 2 * MOST_LINES) tape.lines = tape.lines.slice(-MOST_LINES);
    tape.lastOutput = at;
    tape.tool = kind === 'tool' ? text : null;
    tape.quiet = null;
    tape.changed = true;
  }

  #note({ slot, quiet_ms, stall_ms, at }: QuietEvent): void {
    const tape = this.#tape(slot);
    tape.quiet = quiet_ms === 0 ? null : { since: Date.parse(at) - quiet_ms, stall_ms };
    tape.changed = true;
  }

  #warn(ahead: ConflictsAhead): void {
    this.#conflicts = ahead;
    for (const { slot } of this.#state.slots) {
      const tape = this.#tape(slot);
      const conflicts = opponentsOf(slot, ahead);
      if (String(conflicts) === String(tape.conflicts)) continue;
      tape.conflicts = conflicts;
      tape.changed = true;
    }
  }

  #use(event: UsageEvent, counted: boolean): void {
    const tape = this.#tape(event.slot);
    const more = totalTokens(event.tokens) - (tape.usage === null ? 0 : totalTokens(tape.usage.tokens));
    if (more > 0) this.#rate = countTokens(this.#rate, Date.parse(event.at), more);
    tape.usage = { ...usageOf(event), counted };
    if (counted) {
      tape.quiet = null;
      tape.tool = null;
    }
    tape.changed = true;
  }

  #tape(slot: number): Tape {
    const known = this.#tapes.get(slot);
    if (known) return known;
    const tape = emptyTape();
    this.#tapes.set(slot, tape);
    return tape;
  }
}

/** What the run has used by now, with what its running agents have told of theirs. Pure. */
export function spendingNow({ state, slots }: LiveSnapshot): Spending {
  return slots.reduce<Spending>(
    (sum, { usage, state: slot }) =>
      usage === null || usage.counted || slot.activity.kind !== 'working'
        ? sum
        : {
            tokens: addTokens(sum.tokens, usage.tokens),
            cost_usd: sum.cost_usd + (usage.cost_usd ?? 0),
            cost_unknown: sum.cost_unknown || usage.cost_usd === null,
          },
    { tokens: state.tokens, cost_usd: state.cost_usd, cost_unknown: state.cost_unknown },
  );
}

function emptyTape(): Tape {
  return { lines: [], lastOutput: null, tool: null, usage: null, quiet: null, conflicts: [], changed: true };
}

/** With whom the slot's work would conflict. */
function opponentsOf(slot: number, { conflicts }: ConflictsAhead): readonly (number | 'trunk')[] {
  return conflicts.flatMap(({ one, other }) => {
    if (one.slot === slot) return [other?.worker ?? 'trunk'];
    return other?.slot === slot ? [one.worker] : [];
  });
}

function usageOf({ tokens, cost_usd, model }: Omit<LiveUsage, 'counted'>): Omit<LiveUsage, 'counted'> {
  return { tokens, cost_usd, model };
}
