import { join } from 'node:path';
import which from 'which';
import { unboundEnvironment } from '../git/environment.js';
import { Git } from '../git/git.js';
import { findPlaces, type PlacesResult } from '../git/places.js';
import { gitVersion } from '../git/version.js';
import { childEnvironment } from '../processes/child-environment.js';
import { readSettings, resolveSettings, SETTINGS_FILE, SettingsError } from '../settings.js';
import type { SettingsFile } from '../settings-schema.js';
import { isAtLeast } from './ask-version.js';
import { examineAgents } from './examine-agents.js';
import { examineQueues } from './examine-queues.js';
import type { Finding } from './finding.js';

const NODE_FLOOR = [22];

/** Where hew was started, and by what. */
export interface ExamineRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node that runs hew: its file, and its version without a `v`. */
  readonly node: { readonly file: string; readonly version: string };
}

/** Looks for everything that a run needs or may use. Starts nothing but programs that tell their version; writes nothing. */
export async function examine({ cwd, env, node }: ExamineRequest): Promise<readonly Finding[]> {
  const inherited = childEnvironment(env);
  const git = await examineGit(inherited);
  const plain = git.found_at === null ? inherited : await unboundEnvironment(inherited);
  const found: PlacesResult =
    git.found_at === null
      ? { kind: 'missing', problem: 'Without git no project can be found.' }
      : await findPlaces(new Git({ ...plain, GIT_OPTIONAL_LOCKS: '0' }), cwd);
  const places = found.kind === 'found' ? found.places : null;
  const { file, problem } = await settingsOf(places?.home ?? cwd);
  const place = { home: places?.home ?? cwd, env: plain };
  return [
    ...(await examineAgents(resolveSettings(file, {}), place)),
    ...(await examineQueues(places, plain)),
    git,
    examineNode(node),
    ...(found.kind === 'missing' ? [projectProblem('repository', null, found.problem)] : []),
    ...(problem === null ? [] : [projectProblem('settings', join(place.home, SETTINGS_FILE), problem)]),
  ];
}

async function examineGit(env: Readonly<Record<string, string>>): Promise<Finding> {
  const told = await gitVersion(env);
  const file = await which('git', { path: env['PATH'] ?? '', nothrow: true });
  const usable = told.kind === 'found' && told.recent_enough;
  return {
    kind: 'tool',
    name: 'git',
    found_at: told.kind === 'found' ? file : null,
    version: told.kind === 'found' ? told.version : null,
    usable,
    advice: usable ? null : 'Install git 2.38 or newer.',
    note: null,
  };
}

function examineNode({ file, version }: ExamineRequest['node']): Finding {
  const usable = isAtLeast(version, NODE_FLOOR);
  return {
    kind: 'tool',
    name: 'node',
    found_at: file,
    version,
    usable,
    advice: usable ? null : 'Install Node 22 or newer.',
    note: null,
  };
}

async function settingsOf(
  home: string,
): Promise<{ readonly file: SettingsFile; readonly problem: string | null }> {
  try {
    return { file: await readSettings(home), problem: null };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { file: {}, problem: error.message };
  }
}

function projectProblem(name: string, found_at: string | null, advice: string): Finding {
  return { kind: 'project', name, found_at, version: null, usable: false, advice, note: null };
}
