import { NO_TOKENS, type TokenCount } from '../ports.js';
import type { ClaudeUsage, ResultMessage } from './claude-messages.js';

/** Messages of which further lines may come; more than any number of subagents at once. */
const OPEN_MESSAGES = 256;

/**
 * Counts the tokens of a Claude-shaped stream. Each message comes as several lines with the same id, and counts once;
 * a result tells the truth of all before it.
 */
export class UsageCount {
  #settled: TokenCount = NO_TOKENS;
  /** What the messages since the last result have used, by id. */
  #messages = new Map<string, TokenCount>();
  /** Their sum: it is asked for after every line. */
  #open: TokenCount = NO_TOKENS;
  /** Messages that the last result has counted. */
  #counted: ReadonlySet<string> = new Set();

  get tokens(): TokenCount {
    return plus(this.#settled, this.#open);
  }

  /** A line of a message with the usage that is known by now. */
  message(id: string, usage: ClaudeUsage): void {
    if (this.#counted.has(id)) return;
    const before = this.#messages.get(id) ?? NO_TOKENS;
    const after = larger(before, tokensOf(usage));
    this.#messages.set(id, after);
    this.#open = plus(this.#open, less(after, before));
    const [oldest] = this.#messages;
    if (oldest === undefined || this.#messages.size <= OPEN_MESSAGES) return;
    this.#settled = plus(this.#settled, oldest[1]);
    this.#open = less(this.#open, oldest[1]);
    this.#messages.delete(oldest[0]);
  }

  /** The end of a turn. `modelUsage` is the sum of all turns and subagents; where it is missing, `usage` is the turn's. */
  result({ modelUsage, usage }: Pick<ResultMessage, 'modelUsage' | 'usage'>): void {
    const models = Object.values(modelUsage);
    this.#settled =
      models.length > 0
        ? models.map(fromModel).reduce(plus, NO_TOKENS)
        : plus(this.#settled, larger(this.#open, tokensOf(usage)));
    this.#counted = new Set(this.#messages.keys());
    this.#messages.clear();
    this.#open = NO_TOKENS;
  }
}

function tokensOf(usage: ClaudeUsage | null): TokenCount {
  if (usage === null) return NO_TOKENS;
  return {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cache_read: usage.cache_read_input_tokens,
    cache_create: usage.cache_creation_input_tokens,
  };
}

function fromModel(usage: ResultMessage['modelUsage'][string]): TokenCount {
  return {
    input: usage.inputTokens,
    output: usage.outputTokens,
    cache_read: usage.cacheReadInputTokens,
    cache_create: usage.cacheCreationInputTokens,
  };
}

function plus(one: TokenCount, other: TokenCount): TokenCount {
  return combine(one, other, (a, b) => a + b);
}

function less(one: TokenCount, other: TokenCount): TokenCount {
  return combine(one, other, (a, b) => a - b);
}

function larger(one: TokenCount, other: TokenCount): TokenCount {
  return combine(one, other, Math.max);
}

function combine(one: TokenCount, other: TokenCount, by: (a: number, b: number) => number): TokenCount {
  return {
    input: by(one.input, other.input),
    output: by(one.output, other.output),
    cache_read: by(one.cache_read, other.cache_read),
    cache_create: by(one.cache_create, other.cache_create),
  };
}
