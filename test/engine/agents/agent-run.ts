import { mkdir, readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import type { AgentProgram } from '../../../source/engine/agents/agent-program.js';
import { ProgramAgent } from '../../../source/engine/agents/program-agent.js';
import { runIdSchema, taskIdSchema } from '../../../source/engine/ids.js';
import {
  type AgentSettings,
  type ModelPrice,
  NO_AGENT_SETTINGS,
} from '../../../source/engine/agent-settings.js';
import type { AgentLine, AgentRequest, AgentResult, AgentUsage } from '../../../source/engine/ports.js';
import { temporaryFolder } from '../../temporary-folder.js';

let marks = 0;

/** What a test gives an agent's program besides its script. */
export interface AgentRunOptions {
  readonly settings?: Partial<AgentSettings>;
  readonly prices?: Readonly<Record<string, ModelPrice>>;
  readonly request?: Partial<AgentRequest>;
  readonly signal?: AbortSignal;
}

/** How an agent that a test ran has ended, and what was seen of it. */
export interface AgentRun {
  readonly agent: ProgramAgent;
  readonly result: AgentResult;
  readonly lines: readonly AgentLine[];
  readonly usages: readonly AgentUsage[];
}

/** Runs an agent whose program is a shell script of this text, in a folder of its own. */
export async function runAgent(
  program: AgentProgram,
  script: string,
  { settings, prices = {}, request, signal }: AgentRunOptions = {},
): Promise<AgentRun> {
  await using folder = await temporaryFolder();
  await mkdir(folder.at('worktree'));
  await writeFile(folder.at(program.program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = { PATH: process.env['PATH'] ?? '', [program.variable]: `./${program.program}` };
  const agent = new ProgramAgent(program, {
    settings: { ...NO_AGENT_SETTINGS, ...settings },
    prices,
    model: null,
    home: folder.path,
    env,
    graceMs: 100,
  });
  const lines: AgentLine[] = [];
  const usages: AgentUsage[] = [];
  const result = await agent.run(
    {
      run: runIdSchema.parse('loop-20261123T000000Z-0123abcd'),
      task: taskIdSchema.parse('app-1'),
      prompt: 'Do it.',
      cwd: folder.at('worktree'),
      env,
      mark: `HEW_MARK_${process.pid.toString(16)}=a${(marks += 1)}`,
      model: null,
      git_dir: '/project/.git/worktrees/0',
      common_dir: '/project/.git',
      budget_usd: null,
      stall_ms: null,
      log: folder.at('agent.jsonl'),
      ...request,
    },
    {
      line: (line) => void lines.push(line),
      usage: (usage) => void usages.push(usage),
      quiet: () => undefined,
    },
    signal ?? new AbortController().signal,
  );
  // Whoever asks for a log that was not written is told so here.
  await readFile(request?.log ?? folder.at('agent.jsonl'));
  return { agent, result, lines, usages };
}
