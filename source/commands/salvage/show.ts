import process from 'node:process';
import { salvageName } from '../../engine/salvage-name.js';
import { plainText } from '../../engine/plain-text.js';
import { type KeptSalvage, salvageDiff } from '../../engine/salvages.js';
import { formatDateTime } from '../../reporters/formats.js';
import type { ExitCode } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printLines } from '../print-lines.js';
import { projectHere } from '../project-here.js';
import { keptSalvage } from './kept-salvage.js';

const HELP = `
hew loop salvage show <ref|task> [flags]    shows the work as a diff against what it began from

      --stat    only which files it changes, and how much

In a pipe it is the diff alone, as git apply takes it.
`;

/** `hew loop salvage show`: what one holds. */
export async function showSalvage(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<ref|task>'],
    flags: { stat: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const project = await projectHere();
  const found = await keptSalvage(project, parsed.operands[0] ?? '');
  const diff = await salvageDiff(project, found, parsed.flags.stat ? ['--stat'] : ['-p', '--binary']);
  if (!process.stdout.isTTY) {
    process.stdout.write(diff);
    return 0;
  }
  const lines = diff.toString().replace(/\n$/, '').split('\n');
  printLines([...about(found), '', ...lines.map(withoutTabs)]);
  return 0;
}

function about({ ref, sha, task, attempt, reason, at }: KeptSalvage): string[] {
  const whose = task === null ? 'no task' : `${task}${attempt === 0 ? '' : `, attempt ${attempt}`}`;
  return [
    `${salvageName(ref)}  ${sha.slice(0, 12)}`,
    `${whose}, ${formatDateTime(at)}: ${plainText(reason)}`,
    `to take it over: git merge --squash ${ref}`,
  ];
}

/** As a terminal would show them; printLines makes one blank of each. */
function withoutTabs(line: string): string {
  return line.replaceAll('\t', '    ');
}
