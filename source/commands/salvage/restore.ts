import { shortRunId } from '../../engine/ids.js';
import { plainText } from '../../engine/plain-text.js';
import { shellWord } from '../../engine/shell-word.js';
import { type KeptSalvage, restoreSalvage } from '../../engine/salvages.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printLines } from '../print-lines.js';
import { projectHere } from '../project-here.js';
import { keptSalvage } from './kept-salvage.js';

const HELP = `
hew loop salvage restore <ref|task> [flags]    makes a branch of what is kept; no checkout is touched

      --branch <name>    its name; else salvage/<8 hex of the run>-w<n>-<seq>
`;

/** `hew loop salvage restore`: a branch at what was kept. */
export async function restore(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<ref|task>'],
    flags: { branch: { type: 'string' } },
  });
  if (parsed.kind === 'help') return 0;
  const project = await projectHere();
  const found = await keptSalvage(project, parsed.operands[0] ?? '');
  const branch = parsed.flags.branch ?? branchFor(found);
  const restored = await restoreSalvage(project, found, branch);
  switch (restored.kind) {
    case 'bad_name':
      throw new Refusal(`"${plainText(branch)}" is not a name that a branch can have.`);
    case 'exists':
      throw new Refusal(`there is a branch ${plainText(branch)} already. Give another name: --branch <name>`);
    case 'restored': {
      const name = shellWord(branch);
      printLines([
        `The branch ${branch} holds it, ${found.sha.slice(0, 12)}. To look at it:`,
        `  git worktree add ${shellWord(`../${project.places.project}-salvage`)} ${name}`,
        'To take it over where you are:',
        `  git merge --squash ${name}`,
      ]);
      return 0;
    }
  }
}

/** No task id: those never become names of refs. */
function branchFor({ ref, run }: KeptSalvage): string {
  const [worker = '', number = ''] = ref.split('/').slice(-2);
  return `salvage/${shortRunId(run)}-${worker}-${number}`;
}
