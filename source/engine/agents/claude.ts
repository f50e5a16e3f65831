import type { AgentProgram } from './agent-program.js';
import { ClaudeStream } from './claude-stream.js';

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

/** Without `Bash` even a commit would be denied; what edits files must not be named, since that would lift its scope. */
const ALLOWED_TOOLS = ['Bash'];

/**
 * Claude Code without a person: the prompt as one message on stdin, `stream-json` on stdout. It edits files inside its
 * folder and runs commands, git among them. It has ended well when it exits with 0 and its last result says so; how
 * the task went is told by its closing line and by git.
 */
export const claude: AgentProgram = {
  runtime: 'claude',
  title: 'Claude Code',
  program: 'claude',
  variable: 'HEW_LOOP_CLAUDE_BIN',
  install: 'npm install --global @anthropic-ai/claude-code',
  login: 'start claude and type /login, or set ANTHROPIC_API_KEY',
  confinement: 'Its file tools stay inside the worktree; its Bash is not confined.',
  tells_cost: true,
  caps_cost: true,
  takes_allowed_tools: true,

  /** `acceptEdits` accepts edits inside the worktree only. Works for root too. */
  arguments: ({ model, budget_usd }, { allowed_tools }) => {
    const tools = allowed_tools ?? ALLOWED_TOOLS;
    return [
      '-p',
      '--input-format',
      'stream-json',
      '--output-format',
      'stream-json',
      '--verbose',
      '--permission-mode',
      'acceptEdits',
      ...(tools.length === 0 ? [] : ['--allowedTools', ...tools]),
      ...(model === null ? [] : ['--model', model]),
      ...(budget_usd === null ? [] : ['--max-budget-usd', String(budget_usd)]),
    ];
  },

  last_arguments: [],

  environment: (env) => ({
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !OUTER_SESSION.has(name))),
    ...UNATTENDED,
  }),

  /** One line of `--input-format stream-json`; with the end of stdin after it, claude ends when the turn does. */
  input: (prompt) => `${JSON.stringify({ type: 'user', message: { role: 'user', content: prompt } })}\n`,

  reader: () => new ClaudeStream(),
};
