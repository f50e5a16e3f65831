import { nearestName } from '../nearest-name.js';
import { plainLine } from '../plain-line.js';
import { type AgentSettings, type ModelPrice, NO_AGENT_SETTINGS } from '../agent-settings.js';
import type { Agent } from '../ports.js';
import { AGENT_PROGRAMS } from './agent-programs.js';
import { CommandAgent } from './command-agent.js';
import { ProgramAgent } from './program-agent.js';

/** What a runtime is chosen and made from. */
export interface AgentChoice {
  readonly runtime: string;
  /** The command line of the runtime `command`. */
  readonly agent_command: string | null;
  /** The model that the run asks for where a task asks for none; null where it leaves that to the runtime. */
  readonly model: string | null;
  /** What `.hew.toml` says of each runtime's program, by the runtime's name. */
  readonly agents: Readonly<Record<string, AgentSettings>>;
  /** What models cost, by their names. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  /** The folder that hew was started in. */
  readonly home: string;
  /** The environment that agents will be started with: it says where programs are looked for. */
  readonly env: Readonly<Record<string, string>>;
}

type Made = Agent | { readonly problem: string };

/** Makes the adapter of a runtime, or says what is missing to choose one. */
export function makeAgent(choice: AgentChoice): Made {
  const { runtime, agents } = choice;
  if (runtime === 'command') return commandAgent(choice);
  const program = AGENT_PROGRAMS.find((each) => each.runtime === runtime);
  if (program !== undefined) {
    const settings = (Object.hasOwn(agents, runtime) ? agents[runtime] : undefined) ?? NO_AGENT_SETTINGS;
    return new ProgramAgent(program, { ...choice, settings });
  }
  const names = [...AGENT_PROGRAMS.map((each) => each.runtime), 'command'];
  const meant = nearestName(runtime, names);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return {
    problem: `There is no runtime "${plainLine(runtime, 100)}"${hint === '' ? '.' : hint} There are: ${names.join(', ')}.`,
  };
}

function commandAgent({ runtime, agent_command, home, env }: AgentChoice): Made {
  if (agent_command !== null)
    return new CommandAgent({ command: agent_command, runtime, home, path: env['PATH'] ?? '' });
  return {
    problem:
      'The runtime "command" needs a program. Add --agent-command "<program>", or to .hew.toml: [loop] agent_command = "<program>".',
  };
}
