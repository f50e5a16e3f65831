import type { Clock } from './clock.js';
import type { Agent } from './ports.js';
import { chooseRuntime, type RuntimeChoice, type RuntimeFacts } from './runtime-choice.js';
import { HEALTHY, reportAttempt, type RuntimeHealth, type RuntimeReport } from './runtime-health.js';
import { isRuntimeFault } from './outcome.js';

/** What a run's runtimes are, and how they take each other's place. */
export interface RuntimePlan {
  /** Every runtime that may be used, the fallback included, by its name. */
  readonly agents: ReadonlyMap<string, Agent>;
  readonly runtimes: RuntimeFacts['runtimes'];
  readonly fallback: string | null;
  /** How many iterations the fallback works before the runtime that failed is tried again. */
  readonly cooldown_iterations: number;
}

/** The runtimes of a run and how they fare: every slot's choices are made from the same health. */
export class RuntimePool {
  readonly #plan: RuntimePlan;
  readonly #clock: Clock;
  readonly #health = new Map<string, RuntimeHealth>();
  readonly #cooldown = new Map<string, number>();

  constructor(plan: RuntimePlan, clock: Clock) {
    this.#plan = plan;
    this.#clock = clock;
  }

  /** The adapter of a runtime of this run. Throws for any other name. */
  agent(runtime: string): Agent {
    const agent = this.#plan.agents.get(runtime);
    if (!agent) throw new Error(`internal: ${runtime} is no runtime of this run`);
    return agent;
  }

  /** Which runtime the slot's next iteration is for. */
  choose(slot: number): RuntimeChoice {
    return chooseRuntime(slot, {
      runtimes: this.#plan.runtimes,
      fallback: this.#plan.fallback,
      healthOf: (runtime) => this.#healthOf(runtime),
      cooldownOf: (runtime) => this.#cooldown.get(runtime) ?? 0,
      now: this.#clock.now().getTime(),
    });
  }

  /** The same, for an iteration that begins now: it counts towards the rest of the runtime that it stands in for. */
  begin(slot: number): { readonly agent: Agent; readonly cooldown_engaged: boolean } {
    const choice = this.choose(slot);
    // A runtime that went to rest since the slot was given its task is told so again by the attempt itself.
    const runtime = choice.kind === 'failed' ? this.#plan.runtimes[0] : choice.runtime;
    const cooldown_engaged = choice.kind === 'use' && choice.cooldown_engaged;
    if (cooldown_engaged) {
      for (const [name, left] of this.#cooldown) this.#cooldown.set(name, Math.max(0, left - 1));
    }
    return { agent: this.agent(runtime), cooldown_engaged };
  }

  /** Takes in how an attempt ended. Returns why the runtime is of no use any more, if that is new. */
  report(runtime: string, told: Omit<RuntimeReport, 'now' | 'jitter'>): string | null {
    const before = this.#healthOf(runtime);
    const now = this.#clock.now().getTime();
    const after = reportAttempt(before, { ...told, now, jitter: Math.random() });
    this.#health.set(runtime, after);
    if (isRuntimeFault(told.end) && this.#plan.fallback !== null) {
      this.#cooldown.set(runtime, this.#plan.cooldown_iterations);
    }
    return before.failed === null ? after.failed : null;
  }

  /** Why none of the runtimes can be used any more; null while one can. */
  get failed(): string | null {
    const all = [...this.#plan.agents.keys()].map((runtime) => ({
      runtime,
      reason: this.#healthOf(runtime).failed,
    }));
    if (all.some(({ reason }) => reason === null)) return null;
    return all.length === 1
      ? (all[0]?.reason ?? null)
      : all.map(({ runtime, reason }) => `${runtime}: ${reason}`).join('; ');
  }

  #healthOf(runtime: string): RuntimeHealth {
    return this.#health.get(runtime) ?? HEALTHY;
  }
}
