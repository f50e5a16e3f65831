import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RunContext } from './run-context.js';
import { type Limits, type StopReason, stopReason } from './stop.js';
import { usedFacts } from './used-facts.js';

/** Why the run stops, and in words what brought it to that. */
export interface Stop {
  readonly reason: StopReason;
  readonly detail: string;
}

/** Gathers what the decision to stop is made from, over the whole run (LOOP.md §7). */
export class StopCheck {
  readonly #context: RunContext;
  readonly #stopFiles: readonly string[];
  #tripped: string | null = null;
  #drained = false;

  constructor(context: RunContext) {
    const { stop_file } = context.settings.loop;
    this.#context = context;
    this.#stopFiles = [
      join(context.folder, '.stop'),
      ...(stop_file === null ? [] : [resolve(context.places.home, stop_file)]),
    ];
  }

  /** Whether no attempt may start any more, by {@link trip}. */
  get tripped(): boolean {
    return this.#tripped !== null;
  }

  /** From now on no attempt may start: trunk is red, or home is not as hew left it. */
  trip(why: string): void {
    this.#tripped ??= why;
  }

  /** From now on no attempt may start, because the user wants the run to end in order. */
  drain(): void {
    this.#drained = true;
  }

  /** The first reason that holds. `starting` iterations are as good as started. */
  async reason(now: { readonly starting: number; readonly ready_empty: boolean }): Promise<Stop | null> {
    const { events, aborted, clock } = this.#context;
    const { state } = events;
    const stopFile = await this.#stopFile();
    const used = usedFacts(state, clock.now().getTime());
    const reason = stopReason(
      {
        cancelled: aborted.aborted,
        stop_file: stopFile !== null || this.#drained,
        ...used,
        started_iterations: used.started_iterations + now.starting,
        runtime_failed: this.#context.runtimes.failed !== null,
        guard_tripped: this.#tripped !== null,
        ready_empty: now.ready_empty,
      },
      this.#limits,
    );
    return reason && { reason, detail: this.#detail(reason, stopFile) };
  }

  /** As they are by now: they may have been raised. */
  get #limits(): Limits {
    const { events, settings } = this.#context;
    return events.state.run?.limits ?? settings.loop.limits;
  }

  #detail(reason: StopReason, stopFile: string | null): string {
    const limits = this.#limits;
    switch (reason) {
      case 'cancelled':
        return 'the run was aborted';
      case 'stop_file':
        return stopFile === null ? 'the run was asked to drain' : `${stopFile} is there`;
      case 'budget_tokens':
        return `the budget of ${limits.budget_tokens} tokens is used`;
      case 'budget_cost':
        return `the budget of $${limits.budget_cost} is used`;
      case 'budget_wall':
        return 'the time that the run was given is over';
      case 'max_iter':
        return `${limits.max_iter} iterations were started`;
      case 'runtime_error':
        return `the runtime failed: ${this.#context.runtimes.failed}`;
      case 'guard_trip':
        return this.#tripped ?? '';
      case 'ready_empty':
        return 'nothing is ready any more';
    }
  }

  async #stopFile(): Promise<string | null> {
    for (const path of this.#stopFiles) {
      if (
        await access(path).then(
          () => true,
          () => false,
        )
      )
        return path;
    }
    return null;
  }
}
