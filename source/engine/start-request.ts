import type { Clock } from './clock.js';
import type { LoopSettings } from './settings-schema.js';

/** What a run is asked for: where, with what environment, and what the command line says. */
export interface StartRequest {
  readonly cwd: string;
  /** The environment that hew was started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the command line says of settings that `.hew.toml` may say, too. */
  readonly flags: LoopSettings;
  readonly options: StartOptions;
  readonly clock: Clock;
}

/** What only the command line can say. */
export interface StartOptions {
  readonly dry_run: boolean;
  /** Whether trunk is brought home at the end. */
  readonly land: boolean;
  /** Whether the gate is run at all. */
  readonly gate: boolean;
  readonly allow_red_base: boolean;
  readonly ignore_unlanded: boolean;
  /** Whether a run may start although an earlier one was cut and holds tasks or work. */
  readonly ignore_crashed: boolean;
  readonly queue: 'auto' | 'file' | 'beads';
}
