import { findGate, FindGateError, type Gate } from './gate/find-gate.js';
import { readProjectFiles } from './gate/read-project-files.js';
import type { Settings } from './settings.js';

/**
 * The gate of home's settings and files, read once; null for none by the user's own word, undefined when there is a
 * problem, which is added to `problems`.
 */
export async function chooseGate(
  wanted: boolean,
  home: string,
  settings: Settings,
  problems: string[],
): Promise<Gate | null | undefined> {
  if (!wanted) return null;
  try {
    const gate = findGate(await readProjectFiles(home), settings.gate);
    if (gate) return gate;
    problems.push(
      'No tests were found to gate the work with. Name them in .hew.toml: [gate] test = "<command>" (or merge without any: --no-gate)',
    );
  } catch (error) {
    if (!(error instanceof FindGateError)) throw error;
    problems.push(error.message);
  }
  return undefined;
}
