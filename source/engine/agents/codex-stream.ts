import { plainLine } from '../plain-line.js';
import { type AgentLine, type AgentUsage, NO_TOKENS, type TokenCount } from '../ports.js';
import { codexFailure } from './codex-failure.js';
import { type CodexEvent, codexEventSchema, type CodexItem, type CodexUsage } from './codex-messages.js';
import type { OutputEnd, OutputReader } from './output-reader.js';
import { parseJsonLine } from './parse-json-line.js';
import { SHOWN_LENGTH, shownLines } from './shown-lines.js';
import { CalledTools } from './called-tools.js';
import { toolLine } from './tool-line.js';
import { larger } from './token-sums.js';

const SHOWN_LINES = 200;
const SHOWN_RESULT_LINES = 3;
const FINAL_LENGTH = 64 * 1024;
/** How codex calls the shell around every command: a login shell with the command as its one argument. */
const SHELL = /^(?:\S*\/)?(?:bash|zsh|sh) -l?c (?:'([\s\S]*)'|"([\s\S]*)"|(\S+))$/;
const CHANGES: Readonly<Record<string, string>> = { add: 'Write', update: 'Edit', delete: 'Delete' };

/** How its turn stands. */
type Turn =
  | { readonly kind: 'running' | 'completed' }
  | { readonly kind: 'failed'; readonly message: string };

/** Reads the events of `codex exec --json`. It tells tokens only when a turn is completed, and never a cost. */
export class CodexStream implements OutputReader {
  readonly #cwd: string | null;
  readonly #tools = new CalledTools();
  #tokens: TokenCount = NO_TOKENS;
  #final = '';
  #turn: Turn = { kind: 'running' };
  /** The last `error` event: codex tries again after most of them, so only a bad end makes it the reason. */
  #error: string | null = null;

  /** Paths inside `cwd` are shown relative to it. */
  constructor(cwd: string | null = null) {
    this.#cwd = cwd;
  }

  read(line: string, cut = false): readonly AgentLine[] {
    // The beginning of an event is no event: nothing can be made of it, and the log has it.
    if (cut && line.trimStart().startsWith('{')) return [];
    const parsed = parseJsonLine(line);
    if (parsed === undefined) return shownLines('text', line, 1);
    const event = codexEventSchema.safeParse(parsed.value);
    return event.success ? this.#event(event.data) : [];
  }

  get usage(): AgentUsage {
    return { tokens: this.#tokens, cost_usd: null, model: null };
  }

  get toolCalls(): readonly string[] {
    return this.#tools.names;
  }

  /** The last message of the agent; of a longer one the last 64 K. */
  get finalText(): string {
    return this.#final;
  }

  end(now: Date): OutputEnd {
    if (this.#turn.kind === 'completed') return { told: true, failure: null };
    const message = this.#turn.kind === 'failed' ? this.#turn.message : this.#error;
    return {
      told: this.#turn.kind === 'failed',
      failure: message === null ? null : codexFailure(message, now),
    };
  }

  #event(event: CodexEvent): readonly AgentLine[] {
    switch (event.type) {
      case 'turn.started':
        this.#turn = { kind: 'running' };
        this.#error = null;
        return [];
      case 'turn.completed':
        this.#turn = { kind: 'completed' };
        // The sum of the whole thread, so a later one holds all those before it.
        if (event.usage !== null) this.#tokens = larger(this.#tokens, tokensOf(event.usage));
        return [];
      case 'turn.failed': {
        const { message } = event.error;
        this.#turn = { kind: 'failed', message };
        return message === this.#error ? [] : shownLines('error', message, 1);
      }
      case 'error':
        this.#error = event.message;
        return shownLines('error', event.message, 1);
      case 'item.started':
        this.#goOn(event.item);
        return this.#begun(event.item);
      case 'item.updated':
        return [];
      case 'item.completed':
        this.#goOn(event.item);
        return [...this.#begun(event.item), ...this.#done(event.item)];
    }
  }

  /** What comes after an error shows that it was got over. */
  #goOn(item: CodexItem): void {
    if (item.type !== 'error') this.#error = null;
  }

  /** The calls that an item is, each told once: short ones come without a beginning. */
  #begun(item: CodexItem): readonly AgentLine[] {
    switch (item.type) {
      case 'command_execution':
        return this.#call(item.id, 'Bash', { command: withoutShell(item.command) });
      case 'file_change':
        return item.changes.flatMap(({ path, kind }, index) =>
          this.#call(`${item.id}/${index}`, CHANGES[kind] ?? 'Edit', { path }),
        );
      case 'mcp_tool_call':
        return this.#call(item.id, `${item.server}.${item.tool}`, {});
      case 'web_search':
        return this.#call(item.id, 'WebSearch', { query: item.query });
      case 'collab_tool_call':
        return this.#call(item.id, item.tool, {});
      case 'agent_message':
      case 'error':
      case 'other':
        return [];
    }
  }

  #call(id: string, name: string, input: Readonly<Record<string, unknown>>): readonly AgentLine[] {
    if (!this.#tools.add(id, name)) return [];
    return [{ kind: 'tool', text: toolLine(plainLine(name, 100), input, this.#cwd, SHOWN_LENGTH) }];
  }

  #done(item: CodexItem): readonly AgentLine[] {
    switch (item.type) {
      case 'agent_message':
        // A copy, since a slice would keep the memory of the whole line that it was taken from.
        this.#final = Buffer.from(item.text.slice(-FINAL_LENGTH)).toString();
        return shownLines('text', item.text, SHOWN_LINES);
      case 'command_execution':
        return shownLines(
          item.status === 'completed' ? 'result' : 'error',
          item.aggregated_output,
          SHOWN_RESULT_LINES,
        );
      case 'error':
        return shownLines('error', item.message, 1);
      case 'file_change':
      case 'mcp_tool_call':
      case 'web_search':
      case 'collab_tool_call':
      case 'other':
        return [];
    }
  }
}

function withoutShell(command: string): string {
  const [, single, double, word] = SHELL.exec(command) ?? [];
  return single?.replaceAll(String.raw`'\''`, "'") ?? double ?? word ?? command;
}

/** Of `input_tokens`, which holds all input, only what neither came from the cache nor went into it is input here. */
function tokensOf(usage: CodexUsage): TokenCount {
  const { cached_input_tokens: cache_read, cache_write_input_tokens: cache_create } = usage;
  return {
    input: Math.max(0, usage.input_tokens - cache_read - cache_create),
    output: usage.output_tokens,
    cache_read,
    cache_create,
  };
}
