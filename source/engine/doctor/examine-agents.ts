import type { AgentProgram } from '../agents/agent-program.js';
import { AGENT_PROGRAMS } from '../agents/agent-programs.js';
import { CommandAgent } from '../agents/command-agent.js';
import { ProgramAgent } from '../agents/program-agent.js';
import { NO_AGENT_SETTINGS } from '../agent-settings.js';
import type { Settings } from '../settings.js';
import { askVersion } from './ask-version.js';
import type { Finding } from './finding.js';

/** What agents are looked for with. */
interface AgentPlace {
  readonly home: string;
  /** What they would be started with. */
  readonly env: Readonly<Record<string, string>>;
}

/** Every runtime: whether its program is there and starts. Whether it is logged in only a task can tell. */
export async function examineAgents(settings: Settings, place: AgentPlace): Promise<readonly Finding[]> {
  const programs = AGENT_PROGRAMS.map((program) => examineProgram(program, settings, place));
  return Promise.all([...programs, examineCommand(settings, place)]);
}

async function examineProgram(
  program: AgentProgram,
  settings: Settings,
  place: AgentPlace,
): Promise<Finding> {
  const { runtime, confinement, login } = program;
  const agent = new ProgramAgent(program, {
    ...place,
    settings: settings.agents[runtime] ?? NO_AGENT_SETTINGS,
    prices: settings.prices,
    model: null,
  });
  const finding = { kind: 'agent', name: runtime, note: `${confinement} To log in: ${login}.` } as const;
  const missing = await agent.check();
  const file = await agent.file();
  if (missing !== null || file === null)
    return { ...finding, found_at: null, version: null, usable: false, advice: missing, note: null };
  const told = await askVersion(file, ['--version'], place.env);
  return told.kind === 'told'
    ? { ...finding, found_at: file, version: told.version, usable: true, advice: null }
    : {
        ...finding,
        found_at: file,
        version: null,
        usable: false,
        advice: `${told.problem}. Install it again: ${program.install}`,
      };
}

async function examineCommand({ loop }: Settings, { home, env }: AgentPlace): Promise<Finding> {
  const finding = { kind: 'agent', name: 'command', version: null } as const;
  const command = loop.agent_command;
  if (command === null) {
    return {
      ...finding,
      found_at: null,
      usable: false,
      advice: 'Only for a program of your own: --agent-command "<program>", or [loop] agent_command.',
      note: null,
    };
  }
  const missing = await new CommandAgent({
    command,
    runtime: 'command',
    home,
    path: env['PATH'] ?? '',
  }).check();
  return {
    ...finding,
    found_at: command,
    usable: missing === null,
    advice: missing,
    note: 'Nothing that it does is confined.',
  };
}
