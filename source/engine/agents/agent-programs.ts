import type { AgentProgram } from './agent-program.js';
import { claude } from './claude.js';
import { codex } from './codex.js';

/** Every runtime with a program of its own, in the order in which they are told. */
export const AGENT_PROGRAMS: readonly AgentProgram[] = [claude, codex];
