import { NO_TOKENS, type TokenCount } from '../ports.js';
import type { ClaudeUsage, ResultMessage } from './claude-messages.js';
import { larger, less, plus } from './token-sums.js';

/** Messages of which further lines may come; more than any number of subagents at once. */
const OPEN_MESSAGES = 256;
const COUNTED_MESSAGES = 4096;

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
  /** The last messages that a result or the settled sum has counted. */
  readonly #counted = new Set<string>();
  #lastResult: string | null = null;

  get tokens(): TokenCount {
    return plus(this.#settled, this.#open);
  }

  /** Whether all of a message was counted by a result that came after it. */
  isCounted(id: string): boolean {
    return this.#counted.has(id);
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
    this.#count(oldest[0]);
  }

  /** The end of a turn. `modelUsage` is the sum of all turns and subagents; where it is missing, `usage` is the turn's. */
  result({ modelUsage, usage, uuid }: Pick<ResultMessage, 'modelUsage' | 'usage' | 'uuid'>): void {
    if (uuid !== null && uuid === this.#lastResult) return;
    this.#lastResult = uuid;
    const models = Object.values(modelUsage);
    this.#settled =
      models.length > 0
        ? larger(this.#settled, models.map(fromModel).reduce(plus, NO_TOKENS))
        : plus(this.#settled, larger(this.#open, tokensOf(usage)));
    for (const id of this.#messages.keys()) this.#count(id);
    this.#messages.clear();
    this.#open = NO_TOKENS;
  }

  #count(id: string): void {
    this.#counted.add(id);
    const [oldest] = this.#counted;
    if (oldest !== undefined && this.#counted.size > COUNTED_MESSAGES) this.#counted.delete(oldest);
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
