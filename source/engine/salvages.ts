import pLimit from 'p-limit';
import { changeRefs } from './git/refs.js';
import { SALVAGE_ROOT } from './salvage-name.js';
import {
  type RunId,
  runIdSchema,
  type Sha,
  shaSchema,
  type TaskId,
  taskIdSchema,
  trunkBranch,
} from './ids.js';
import type { Project } from './open-project.js';

/** Work that hew has kept, as its commit tells. */
export interface KeptSalvage {
  readonly ref: string;
  readonly sha: Sha;
  readonly run: RunId;
  /** Null when it belonged to no task. */
  readonly task: TaskId | null;
  /** 0 when it was no attempt's. */
  readonly attempt: number;
  readonly reason: string;
  /** An ISO date. */
  readonly at: string;
}

/** Git answers only one question about trailers for each ref, so all of them are read. */
const FORMAT = ['refname', 'objectname', 'creatordate:iso-strict', 'trailers:only,unfold']
  .map((field) => `%(${field})%00`)
  .join('');

/** Everything that is kept under refs/hew/salvage, the newest first. */
export async function listSalvages({ git, places }: Project): Promise<readonly KeptSalvage[]> {
  const args = ['for-each-ref', '--sort=-creatordate', `--format=${FORMAT}`, '--', SALVAGE_ROOT];
  return parseSalvages(await git.text(places.home, args));
}

/** Parses what git prints with the format above; what is named like no salvage is left out. Pure. */
export function parseSalvages(output: string): readonly KeptSalvage[] {
  const fields = output.split('\0').map((field) => field.trim());
  const found: KeptSalvage[] = [];
  for (let at = 0; at + 4 <= fields.length; at += 4) {
    const [ref = '', object, date = '', trailers = ''] = fields.slice(at, at + 4);
    const run = runIdSchema.safeParse(ref.slice(SALVAGE_ROOT.length).split('/')[0]).data;
    const sha = shaSchema.safeParse(object).data;
    if (!run || !sha) continue;
    const trailer = (key: string): string => new RegExp(`^Hew-${key}: (.*)$`, 'm').exec(trailers)?.[1] ?? '';
    const task = taskIdSchema.safeParse(trailer('Task')).data ?? null;
    const attempt = Number(trailer('Attempt')) || 0;
    found.push({ ref, sha, run, task, attempt, reason: trailer('Reason'), at: date });
  }
  return found;
}

/** The salvage that is meant: by its ref, with or without `refs/hew/salvage/`, or the newest of a task. Null for none. Pure. */
export function findSalvage(salvages: readonly KeptSalvage[], name: string): KeptSalvage | null {
  const ref = name.startsWith(SALVAGE_ROOT) ? name : `${SALVAGE_ROOT}${name}`;
  return salvages.find((each) => each.ref === ref) ?? salvages.find((each) => each.task === name) ?? null;
}

/** What the work of a salvage began from: where it has left what home's HEAD and the run's trunk hold. */
export async function salvageBase({ git, places }: Project, { sha, run }: KeptSalvage): Promise<Sha | null> {
  const names = ['HEAD', `refs/heads/${trunkBranch(run)}`];
  const others: string[] = [];
  for (const name of names) {
    const answer = await git.ask(places.home, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    if (answer.exit_code === 0) others.push(answer.stdout.trim());
  }
  if (others.length === 0) return null;
  const answer = await git.ask(places.home, ['merge-base', sha, ...others]);
  return shaSchema.safeParse(answer.stdout.trim()).data ?? null;
}

/** What a diff is taken against when nothing is shared with home: the empty tree, by the length of object names. */
const EMPTY_TREE: Readonly<Record<number, string>> = {
  40: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  64: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
};

/** The work of a salvage as git prints a diff with these options, without the user's own pagers, colours and tools. */
export async function salvageDiff(
  project: Project,
  salvage: KeptSalvage,
  options: readonly string[],
): Promise<Buffer> {
  const base = (await salvageBase(project, salvage)) ?? EMPTY_TREE[salvage.sha.length] ?? '';
  const plain = ['diff-tree', '-r', '-M', '--no-ext-diff', '--no-textconv', '--no-color', ...options];
  return project.git.bytes(project.places.home, [...plain, base, salvage.sha, '--']);
}

/** So many salvages are looked into at once. */
const AT_ONCE = 4;

/** The paths that each salvage changes, in the same order. */
export async function filesOfSalvages(
  project: Project,
  salvages: readonly KeptSalvage[],
): Promise<readonly (readonly string[])[]> {
  const turn = pLimit(AT_ONCE);
  const files = async (salvage: KeptSalvage): Promise<string[]> => {
    const names = await salvageDiff(project, salvage, ['--name-only', '-z']);
    return names
      .toString()
      .split('\0')
      .filter((path) => path !== '');
  };
  return Promise.all(salvages.map((salvage) => turn(() => files(salvage))));
}

/** A branch that a salvage was restored to, or why there is none. */
export type Restored =
  | { readonly kind: 'restored'; readonly branch: string }
  | { readonly kind: 'bad_name' }
  | { readonly kind: 'exists' };

/** Makes a new branch at a salvage; no checkout is touched. Throws a GitError when git fails. */
export async function restoreSalvage(
  { git, places }: Project,
  { sha }: KeptSalvage,
  branch: string,
): Promise<Restored> {
  const checked = await git.ask(places.home, ['check-ref-format', `refs/heads/${branch}`]);
  if (checked.exit_code !== 0 || branch.startsWith('-')) return { kind: 'bad_name' };
  const made = await changeRefs(git, places.home, [{ ref: `refs/heads/${branch}`, old: null, next: sha }]);
  return made ? { kind: 'restored', branch } : { kind: 'exists' };
}

/** Forgets a salvage; false when it is not what it was any more. Its commit stays until git collects what nothing holds. */
export async function dropSalvage({ git, places }: Project, { ref, sha }: KeptSalvage): Promise<boolean> {
  return changeRefs(git, places.home, [{ ref, old: sha, next: null }]);
}
