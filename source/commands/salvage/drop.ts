import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { SALVAGE_ROOT, salvageName } from '../../engine/salvage-name.js';
import { plainText } from '../../engine/plain-text.js';
import { dropSalvage, type KeptSalvage, listSalvages } from '../../engine/salvages.js';
import { type ExitCode, Refusal } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printLines } from '../print-lines.js';
import { projectHere } from '../project-here.js';

const HELP = `
hew loop salvage drop <ref>... [flags]    forgets what is kept, after a question

  -y, --yes    do not ask

It says how to get each back; that works until git collects what nothing holds, some weeks by default.
`;

/** `hew loop salvage drop`: forgets what was kept. Ends with 1 when that was not wanted after all. */
export async function dropSalvages(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<ref>...'],
    flags: { yes: { type: 'boolean', shortFlag: 'y' } },
  });
  if (parsed.kind === 'help') return 0;
  const project = await projectHere();
  const known = await listSalvages(project);
  const meant = [...new Set(parsed.operands)].map((name) => byRef(known, name));
  if (!parsed.flags.yes && !(await asked(meant))) {
    printLines(['Nothing was dropped.']);
    return 1;
  }
  let stayed = false;
  for (const each of meant) {
    const dropped = await dropSalvage(project, each);
    stayed ||= !dropped;
    const back = `to get it back: git update-ref ${each.ref} ${each.sha}`;
    printLines([
      dropped ? `dropped ${salvageName(each.ref)}; ${back}` : `${each.ref} was changed meanwhile: it stays`,
    ]);
  }
  return stayed ? 1 : 0;
}

/** Only by its ref: a task may have several, and nobody could tell which was meant. */
function byRef(known: readonly KeptSalvage[], name: string): KeptSalvage {
  const ref = `${SALVAGE_ROOT}${salvageName(name)}`;
  const found = known.find((each) => each.ref === ref);
  if (found) return found;
  throw new Refusal(`nothing is kept as "${plainText(name)}". hew loop salvage list shows the refs.`);
}

async function asked(meant: readonly KeptSalvage[]): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Refusal('dropping is asked for first, and nobody can be asked here: use --yes.');
  printLines(meant.map(({ ref, task, reason }) => `${salvageName(ref)}  ${task ?? '-'}  ${reason}`));
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await questions.question('Drop it? (y/N) ')).trim());
  } finally {
    questions.close();
  }
}
