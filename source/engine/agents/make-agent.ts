import { nearestName } from '../nearest-name.js';
import { plainLine } from '../plain-line.js';
import type { Agent } from '../ports.js';
import { CLAUDE_PROGRAM_VARIABLE, ClaudeAgent } from './claude-agent.js';
import { CommandAgent } from './command-agent.js';

/** What a runtime is chosen and made from. */
export interface AgentChoice {
  readonly runtime: string;
  /** The command line of the runtime `command`. */
  readonly agent_command: string | null;
  /** The folder that hew was started in. */
  readonly home: string;
  /** The environment that agents will be started with: it says where programs are looked for. */
  readonly env: Readonly<Record<string, string>>;
}

type Made = Agent | { readonly problem: string };

/** Every runtime that there is, by its name. */
const RUNTIMES: Readonly<Record<string, (choice: AgentChoice) => Made>> = {
  claude: ({ home, env }) => {
    const named = (env[CLAUDE_PROGRAM_VARIABLE] ?? '').trim();
    return new ClaudeAgent({ program: named === '' ? null : named, home, path: env['PATH'] ?? '' });
  },
  command: ({ runtime, agent_command, home, env }) =>
    agent_command === null
      ? {
          problem:
            'The runtime "command" needs a program. Add --agent-command "<program>", or to .hew.toml: [loop] agent_command = "<program>".',
        }
      : new CommandAgent({ command: agent_command, runtime, home, path: env['PATH'] ?? '' }),
};

/** Makes the adapter of a runtime, or says what is missing to choose one. */
export function makeAgent(choice: AgentChoice): Made {
  const { runtime } = choice;
  const make = Object.hasOwn(RUNTIMES, runtime) ? RUNTIMES[runtime] : undefined;
  if (make) return make(choice);
  const names = Object.keys(RUNTIMES);
  const meant = nearestName(runtime, names);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return {
    problem: `There is no runtime "${plainLine(runtime, 100)}"${hint === '' ? '.' : hint} There are: ${names.join(', ')}.`,
  };
}
