import type { Agent } from '../ports.js';
import { CommandAgent } from './command-agent.js';

/** What a runtime is chosen and made from. */
export interface AgentChoice {
  readonly runtime: string;
  /** The command line of the runtime `command`. */
  readonly agent_command: string | null;
  /** The folder that hew was started in. */
  readonly home: string;
  /** Where programs are looked for. */
  readonly path: string;
}

/** Makes the adapter of a runtime, or says what is missing to choose one. */
export function makeAgent(choice: AgentChoice): Agent | { readonly problem: string } {
  const { runtime, agent_command, home, path } = choice;
  if (runtime !== 'command') {
    return {
      problem: `There is no runtime "${runtime}" yet. Use --runtime command --agent-command "<program>".`,
    };
  }
  if (agent_command === null) {
    return {
      problem:
        'No agent is named. Add --agent-command "<program>", or to .hew.toml: [loop] agent_command = "<program>".',
    };
  }
  return new CommandAgent({ command: agent_command, runtime, home, path });
}
