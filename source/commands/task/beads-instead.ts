import process from 'node:process';
import { hasBeads } from '../../engine/queue/open-queue.js';
import { Refusal } from '../command.js';
import { projectPlaces } from '../open-queue.js';

/** bd's names where they are others than ours. */
const BD_VERBS: Readonly<Record<string, string>> = { new: 'create' };

/**
 * Takes `--queue file` out of a verb's arguments. Without it, throws a {@link Refusal} in a project whose tasks beads
 * keeps: a run would never see what is filed here.
 */
export async function withoutQueueFlag(verb: string, argv: readonly string[]): Promise<readonly string[]> {
  const end = argv.indexOf('--');
  const at = argv.findIndex(
    (text, index) =>
      (end === -1 || index < end) &&
      (text === '--queue=file' || (text === '--queue' && argv[index + 1] === 'file')),
  );
  if (at !== -1) return argv.toSpliced(at, argv[at] === '--queue' ? 2 : 1);
  const asksForHelp = argv.includes('--help') || argv.includes('-h');
  if (!asksForHelp && (await hasBeads(await projectPlaces(process.cwd()), process.env)))
    throw new Refusal(
      `the tasks of this project are kept by beads: use bd ${BD_VERBS[verb] ?? verb}. For hew's own queue add: --queue file`,
    );
  return argv;
}
