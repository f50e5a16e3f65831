import { plainLine } from '../plain-line.js';
import type { AgentLine, AgentUsage } from '../ports.js';
import { CalledTools } from './called-tools.js';
import { claudeFailure, type ClaudeEnding } from './claude-failure.js';
import {
  claudeMessageSchema,
  type AssistantMessage,
  type ClaudeMessage,
  type ResultMessage,
  type SystemMessage,
  type UserMessage,
} from './claude-messages.js';
import type { OutputEnd, OutputReader } from './output-reader.js';
import { parseJsonLine } from './parse-json-line.js';
import { SHOWN_LENGTH, shownLines } from './shown-lines.js';
import { tellsUsageLimit } from './tells-usage-limit.js';
import { TextTail } from './text-tail.js';
import { toolLine } from './tool-line.js';
import { UsageCount } from './usage-count.js';

/** Of a text of many lines only the last are shown, of a tool's output even fewer. */
const SHOWN_LINES = 200;
const SHOWN_RESULT_LINES = 3;
const MAX_OPEN_CALLS = 1000;
const FINAL_LENGTH = 64 * 1024;
/** What Claude calls the model of a message that no model has written. */
const SYNTHETIC = '<synthetic>';

/**
 * Reads an agent's standard output line by line: messages of Claude's `stream-json`, or plain text, decided for each
 * line. Holds a bounded part of it, however long it gets. Does no input or output of its own.
 */
export class ClaudeStream implements OutputReader {
  readonly #usage = new UsageCount();
  readonly #tools = new CalledTools();
  /** Calls of a shell whose results are shown; other tools' results are what somebody has just read or written. */
  readonly #shellCalls = new Set<string>();
  /** Plain lines and results; and what was said since, which the next result repeats. */
  readonly #final = new TextTail(FINAL_LENGTH);
  readonly #said = new TextTail(FINAL_LENGTH);
  #lastText = '';
  #cwd: string | null = null;
  #model: string | null = null;
  #cost: number | null = null;
  #ending: ClaudeEnding = { result: null, error: null, retries: 0, limit: null };

  /** Reads one line (`cut`: only its beginning is here) and gives what of it is to be shown. */
  read(line: string, cut = false): readonly AgentLine[] {
    // The beginning of a message is no message: nothing can be made of it, and the log has it.
    if (cut && line.trimStart().startsWith('{')) return [];
    const parsed = parseJsonLine(line);
    if (parsed === undefined) return this.#plain(line);
    const message = claudeMessageSchema.safeParse(parsed.value);
    return message.success ? this.#message(message.data) : [];
  }

  get usage(): AgentUsage {
    return { tokens: this.#usage.tokens, cost_usd: this.#cost, model: this.#model };
  }

  /** The names of the tools that were called, in order; the first 200. */
  get toolCalls(): readonly string[] {
    return this.#tools.names;
  }

  /** What was said last: the text of the results, plain lines, and what was said since; the last 64 K of it. */
  get finalText(): string {
    return `${this.#final.text}\n${this.#said.text}`;
  }

  get ending(): ClaudeEnding {
    return this.#ending;
  }

  end(now: Date): OutputEnd {
    return { told: this.#ending.result !== null, failure: claudeFailure(this.#ending, now) };
  }

  #message(message: ClaudeMessage): readonly AgentLine[] {
    switch (message.type) {
      case 'assistant':
        return this.#assistant(message);
      case 'user':
        return this.#user(message);
      case 'system':
        return this.#system(message);
      case 'result':
        return this.#result(message);
      case 'rate_limit_event': {
        const { status, resetsAt } = message.rate_limit_info;
        const resets_at = resetsAt === null ? null : new Date(resetsAt * 1000).toISOString();
        this.#ending = { ...this.#ending, limit: status === 'rejected' ? { resets_at } : null };
        return [];
      }
      case 'stream_event': {
        const { event, api_message_id: id } = message;
        if (event.message !== null) this.#usage.message(event.message.id, event.message.usage);
        else if (event.usage !== null && id !== null) this.#usage.message(id, event.usage);
        return [];
      }
    }
  }

  #assistant({ message, error, ...around }: AssistantMessage): readonly AgentLine[] {
    const isMain = around.parent_tool_use_id === null;
    // Another turn has begun, so the result that has come is not the end.
    if (isMain && (message.id === null || !this.#usage.isCounted(message.id)))
      this.#ending = { ...this.#ending, result: null };
    if (message.id !== null && message.usage !== null) this.#usage.message(message.id, message.usage);
    if (isMain && message.model !== null && message.model !== SYNTHETIC) this.#model = message.model;
    if (error === null) this.#ending = { ...this.#ending, error: null, retries: 0 };
    return message.content.flatMap((block) => {
      if (block.type === 'text') {
        if (error !== null) {
          const status = around.api_error_status;
          this.#ending = {
            ...this.#ending,
            error: { name: error, status, text: plainLine(block.text, SHOWN_LENGTH) },
          };
        } else if (isMain) {
          this.#said.add(block.text);
        }
        if (isMain) this.#lastText = block.text;
        return shownLines(error === null ? 'text' : 'error', block.text, SHOWN_LINES);
      }
      return block.type === 'tool_use' ? this.#toolCall(block) : [];
    });
  }

  #toolCall(call: {
    readonly id: string;
    readonly name: string;
    readonly input: Record<string, unknown>;
  }): readonly AgentLine[] {
    if (!this.#tools.add(call.id, call.name)) return [];
    if ('command' in call.input && this.#shellCalls.size < MAX_OPEN_CALLS) this.#shellCalls.add(call.id);
    return [{ kind: 'tool', text: toolLine(call.name, call.input, this.#cwd, SHOWN_LENGTH) }];
  }

  #user({ message }: UserMessage): readonly AgentLine[] {
    return message.content.flatMap((block) => {
      if (block.type !== 'tool_result') return [];
      const ofShell = this.#shellCalls.delete(block.tool_use_id);
      if (!ofShell && !block.is_error) return [];
      const text =
        typeof block.content === 'string' ? block.content : block.content.map(({ text }) => text).join('\n');
      return shownLines(block.is_error ? 'error' : 'result', text, SHOWN_RESULT_LINES);
    });
  }

  #system(message: SystemMessage): readonly AgentLine[] {
    switch (message.subtype) {
      case 'init':
        this.#cwd = message.cwd ?? this.#cwd;
        this.#model = message.model ?? this.#model;
        this.#ending = { ...this.#ending, result: null };
        return [];
      case 'api_retry': {
        this.#ending = { ...this.#ending, retries: this.#ending.retries + 1 };
        const what = [message.error ?? 'no connection', message.error_status ?? ''].join(' ').trim();
        return shownLines('error', `${what}: trying again (${message.attempt} of ${message.max_retries})`, 1);
      }
      case 'permission_denied':
        return shownLines(
          'error',
          `${message.tool_name ?? 'A tool'} was denied: ${message.message ?? ''}`,
          1,
        );
      default:
        return [];
    }
  }

  #result(message: ResultMessage): readonly AgentLine[] {
    this.#usage.result(message);
    // The sum of all results by then, so that one that is told again later takes nothing back.
    if (message.total_cost_usd !== null) this.#cost = Math.max(this.#cost ?? 0, message.total_cost_usd);
    this.#ending = { ...this.#ending, result: message };
    const text = message.result ?? '';
    if (text.trim() === '') return [];
    // The result repeats the last text of its turn, so it stands for all that was said before it.
    this.#said.clear();
    this.#final.add(text);
    const isNew = text.trim() !== this.#lastText.trim();
    this.#lastText = text;
    return isNew ? shownLines(message.is_error ? 'error' : 'text', text, SHOWN_LINES) : [];
  }

  #plain(line: string): readonly AgentLine[] {
    this.#final.add(plainLine(line, 4 * SHOWN_LENGTH));
    const text = plainLine(line, SHOWN_LENGTH);
    if (tellsUsageLimit(text))
      this.#ending = { ...this.#ending, error: { name: 'rate_limit', status: null, text } };
    return text === '' ? [] : [{ kind: 'text', text }];
  }
}
