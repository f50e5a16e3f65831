import { resolve } from 'node:path';
import type { Agent, AgentObserver, AgentRequest, AgentResult } from '../ports.js';
import { missingProgram } from './find-program.js';
import { runStreamProgram } from './run-stream-program.js';

/** The variable that names another program than `claude`. */
export const CLAUDE_PROGRAM_VARIABLE = 'HEW_LOOP_CLAUDE_BIN';

export interface ClaudeAgentOptions {
  /** The program's name or path, one word without arguments; null for `claude`. One with a slash is relative to home. */
  readonly program: string | null;
  /** The folder that hew was started in. */
  readonly home: string;
  /** Where {@link ClaudeAgent.check} looks for programs. */
  readonly path: string;
  /** Milliseconds between TERM and KILL; 5000 if not given. */
  readonly graceMs?: number;
}

/** What claude gives its children: a claude that finds it believes that it runs inside another. */
const OUTER_SESSION = new Set([
  'CLAUDECODE',
  'CLAUDE_PID',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_SESSION_ID',
  'AI_AGENT',
]);

/** A background command would keep claude up for minutes after its result; an update would change it under a run. */
const UNATTENDED = { CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1', DISABLE_AUTOUPDATER: '1' };

/**
 * Claude Code without a person: the prompt as one message on stdin, `stream-json` on stdout. It edits files inside its
 * folder and runs commands, git among them. It has ended well when it exits with 0 and its last result says so; how
 * the task went is told by its closing line and by git.
 */
export class ClaudeAgent implements Agent {
  readonly runtime = 'claude';
  readonly priced = true;
  readonly #options: ClaudeAgentOptions;

  constructor(options: ClaudeAgentOptions) {
    this.#options = options;
  }

  async check(): Promise<string | null> {
    const { program } = this.#options;
    const hint = await missingProgram(program ?? 'claude', this.#options);
    if (hint === null) return null;
    if (program !== null) return `${CLAUDE_PROGRAM_VARIABLE} cannot be started: ${hint}.`;
    return `Claude Code is not installed: there is no program "claude" on PATH. Install it: npm install --global @anthropic-ai/claude-code (or name another program: --agent-command "<program>").`;
  }

  /** Rejects only when the log cannot be written. */
  async run(request: AgentRequest, observer: AgentObserver, signal: AbortSignal): Promise<AgentResult> {
    const { program, home, graceMs } = this.#options;
    const name = program ?? 'claude';
    return runStreamProgram(
      {
        command: name.includes('/') ? resolve(home, name) : name,
        args: claudeArguments(request.model),
        env: claudeEnvironment(request.env),
        input: userMessage(request.prompt),
        graceMs,
        owes_result: true,
      },
      request,
      observer,
      signal,
    );
  }
}

/** Edits are accepted inside the worktree only; without `Bash` even a commit would be denied. Works for root too. */
function claudeArguments(model: string | null): readonly string[] {
  return [
    '-p',
    '--input-format',
    'stream-json',
    '--output-format',
    'stream-json',
    '--verbose',
    '--permission-mode',
    'acceptEdits',
    '--allowedTools',
    'Bash',
    ...(model === null ? [] : ['--model', model]),
  ];
}

function claudeEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(env).filter(([name]) => !OUTER_SESSION.has(name));
  return { ...Object.fromEntries(own), ...UNATTENDED };
}

/** One line of `--input-format stream-json`; with the end of stdin after it, claude ends when the turn does. */
function userMessage(prompt: string): string {
  return `${JSON.stringify({ type: 'user', message: { role: 'user', content: prompt } })}\n`;
}
