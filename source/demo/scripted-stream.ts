/** A message of the stream that `claude -p --output-format stream-json` prints, one a line. */
export type StreamMessage = Readonly<Record<string, unknown>>;

/** What a token of each kind would cost, in dollars. Invented, as all the numbers of the demo are. */
const PRICES = { input: 3e-6, output: 15e-6, cacheRead: 0.3e-6, cacheCreate: 3.75e-6 } as const;
/** Named so that nobody takes its numbers for a model's. */
const MODEL = 'scripted';

/**
 * Writes what an agent says in Claude's stream format. Its usage grows as a real one's does: each turn reads again all
 * that was said before. Does no input or output of its own.
 */
export class ScriptedStream {
  readonly #session: string;
  readonly #cwd: string;
  readonly #used = { input: 0, output: 0, cacheRead: 0, cacheCreate: 0 };
  #context = 6000;
  #turns = 0;

  constructor({ session, cwd }: { readonly session: string; readonly cwd: string }) {
    this.#session = session;
    this.#cwd = cwd;
  }

  /** The first message. */
  init(): StreamMessage {
    const tools = ['Bash', 'Edit', 'Read', 'Write'];
    return this.#message('system', { subtype: 'init', cwd: this.#cwd, model: MODEL, tools });
  }

  /** Something said. */
  text(text: string): StreamMessage {
    return this.#assistant({ type: 'text', text }, text.length);
  }

  /** A tool that is called, and the id under which its result comes. */
  call(
    name: string,
    input: Readonly<Record<string, string>>,
  ): { readonly id: string; message: StreamMessage } {
    const length = JSON.stringify(input).length;
    const id = `toolu_${this.#session}_${this.#turns}`;
    return { id, message: this.#assistant({ type: 'tool_use', id, name, input }, length) };
  }

  /** What the tool has answered. */
  answer(id: string, content: string, is_error = false): StreamMessage {
    this.#context += tokens(content.length);
    return this.#message('user', {
      message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content, is_error }] },
      parent_tool_use_id: null,
    });
  }

  /** The last message. */
  result(text: string): StreamMessage {
    const { input, output, cacheRead, cacheCreate } = this.#used;
    const total_cost_usd =
      input * PRICES.input +
      output * PRICES.output +
      cacheRead * PRICES.cacheRead +
      cacheCreate * PRICES.cacheCreate;
    const usage = {
      input_tokens: input,
      output_tokens: output,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: cacheCreate,
    };
    const modelUsage = {
      [MODEL]: {
        inputTokens: input,
        outputTokens: output,
        cacheReadInputTokens: cacheRead,
        cacheCreationInputTokens: cacheCreate,
        costUSD: total_cost_usd,
      },
    };
    const ended = {
      subtype: 'success',
      is_error: false,
      terminal_reason: 'completed',
      stop_reason: 'end_turn',
    };
    return this.#message('result', {
      ...ended,
      result: text,
      num_turns: this.#turns,
      total_cost_usd,
      usage,
      modelUsage,
      permission_denials: [],
    });
  }

  #assistant(block: StreamMessage, length: number): StreamMessage {
    const read = this.#turns === 0 ? 0 : this.#context;
    const added = this.#turns === 0 ? this.#context : 400 + tokens(length);
    const written = 40 + 2 * tokens(length);
    this.#turns += 1;
    this.#context += this.#turns === 1 ? 0 : added;
    this.#used.input += 4;
    this.#used.output += written;
    this.#used.cacheRead += read;
    this.#used.cacheCreate += added;
    // As the real one does: what a message has written is only told by the result.
    const usage = {
      input_tokens: 4,
      output_tokens: 1,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: added,
    };
    const id = `msg_${this.#session}_${this.#turns}`;
    return this.#message('assistant', {
      message: { id, type: 'message', role: 'assistant', model: MODEL, content: [block], usage },
      parent_tool_use_id: null,
    });
  }

  #message(type: string, fields: StreamMessage): StreamMessage {
    return { type, session_id: this.#session, ...fields };
  }
}

function tokens(length: number): number {
  return Math.ceil(length / 4);
}
