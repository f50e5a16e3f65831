import process from 'node:process';
import { nearestName } from '../engine/nearest-name.js';
import { plainText } from '../engine/plain-text.js';
import { type Command, Refusal } from './command.js';
import { dropSalvages } from './salvage/drop.js';
import { listKept } from './salvage/list.js';
import { restore } from './salvage/restore.js';
import { showSalvage } from './salvage/show.js';

const HELP = `hew loop salvage: the work that hew has kept before it was reset or removed

  hew loop salvage list                shows what is kept, the newest first
  hew loop salvage show <ref|task>     shows the work as a diff
  hew loop salvage restore <ref|task>  makes a branch of it
  hew loop salvage drop <ref>...       forgets it

A ref is written as the list shows it: <run-id>/w<n>/<seq>. A task means the newest that is kept of it.
\`hew loop salvage <verb> --help\` tells the flags of each.
`;

const VERBS: ReadonlyMap<string, Command> = new Map([
  ['list', listKept],
  ['show', showSalvage],
  ['restore', restore],
  ['drop', dropSalvages],
]);

/** `hew loop salvage`: what hew has kept, and how to get it back. */
export const salvage: Command = async (argv) => {
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === '--help' || verb === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  const run = VERBS.get(verb);
  if (run) return run(rest);
  const meant = nearestName(verb, VERBS.keys());
  const hint =
    meant === null ? '`hew loop salvage --help` lists them.' : `Did you mean \`hew loop salvage ${meant}\`?`;
  throw new Refusal(`there is no "hew loop salvage ${plainText(verb)}". ${hint}`);
};
