import type { SteppedAgent } from '../stepped-agents.js';

/** The agent writes a file and commits it, as agents do. */
export async function commitFile(agent: SteppedAgent, path: string, text = `${path}\n`): Promise<void> {
  await agent.write(path, text);
  await agent.git('add', '--all');
  await agent.git('commit', '--quiet', '--message', `Add ${path}`);
}
