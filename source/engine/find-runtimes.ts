import { makeAgent } from './agents/make-agent.js';
import type { Agent } from './ports.js';
import type { RuntimePlan } from './runtime-pool.js';
import type { Settings } from './settings.js';

/** Where runtimes are looked for. */
export interface RuntimePlaces {
  readonly home: string;
  /** The environment that agents will be started with. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes every runtime that the settings name, and checks that each can be started; adds what stands against it. */
export async function findRuntimes(
  settings: Settings,
  places: RuntimePlaces,
  problems: string[],
): Promise<RuntimePlan | null> {
  const { runtimes, fallback_runtime: fallback, fallback_cooldown_iterations } = settings.loop;
  if (fallback !== null && runtimes.every((runtime) => runtime === fallback)) {
    problems.push(`--fallback-runtime ${fallback} is what --runtime names already. Name another, or none.`);
    return null;
  }
  const agents = new Map<string, Agent>();
  const before = problems.length;
  for (const runtime of new Set([...runtimes, ...(fallback === null ? [] : [fallback])])) {
    const agent = await findAgent(runtime, settings, places, problems);
    if (agent) agents.set(runtime, agent);
  }
  if (problems.length > before) return null;
  return { agents, runtimes, fallback, cooldown_iterations: fallback_cooldown_iterations };
}

async function findAgent(
  runtime: string,
  { loop, agents, prices }: Settings,
  places: RuntimePlaces,
  problems: string[],
): Promise<Agent | null> {
  const { agent_command, models } = loop;
  // The names of models that tasks are given are names of the first runtime's.
  const model = runtime === loop.runtimes[0] ? models.default : null;
  const agent = makeAgent({ runtime, agent_command, model, agents, prices, ...places });
  if ('problem' in agent) {
    problems.push(agent.problem);
    return null;
  }
  const missing = await agent.check();
  if (missing) problems.push(missing);
  if (loop.limits.budget_cost !== null && !agent.priced) {
    problems.push(
      `--budget-cost cannot hold: no price is known for what the runtime "${runtime}" uses. Use --budget-tokens.`,
    );
  }
  if (loop.iteration_budget_usd !== null && !agent.caps_cost) {
    problems.push(
      `--iteration-budget-cost cannot hold: the runtime "${runtime}" cannot be kept to a sum of money. Use --iteration-timeout.`,
    );
  }
  return agent;
}
