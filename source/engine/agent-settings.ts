import type { TokenCount } from './ports.js';

/** What `[agents.<runtime>]` of `.hew.toml` says of a runtime's program. */
export interface AgentSettings {
  /** The program's name or path, one word without arguments; null for the runtime's own. */
  readonly bin: string | null;
  /** Arguments after those that hew gives. */
  readonly args: readonly string[];
  /** The model where the run asks for none; null where that is left to the program. */
  readonly model: string | null;
  /** The tools that it may use without being asked; null for the runtime's own choice. */
  readonly allowed_tools: readonly string[] | null;
  /** Variables on top of what every agent gets. */
  readonly env: Readonly<Record<string, string>>;
}

/** What `[agents.<runtime>]` is where nothing is said. */
export const NO_AGENT_SETTINGS: AgentSettings = {
  bin: null,
  args: [],
  model: null,
  allowed_tools: null,
  env: {},
};

/** What a model costs: US dollars per million tokens, by the kinds of {@link TokenCount}. */
export type ModelPrice = TokenCount;
