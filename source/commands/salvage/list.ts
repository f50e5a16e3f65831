import { salvageName } from '../../engine/salvage-name.js';
import { plainText } from '../../engine/plain-text.js';
import { filesOfSalvages, type KeptSalvage, listSalvages } from '../../engine/salvages.js';
import { columns } from '../../reporters/columns.js';
import { formatDateTime } from '../../reporters/formats.js';
import type { ExitCode } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { projectHere, typedRunId } from '../project-here.js';

const HELP = `
hew loop salvage list [flags]    shows what is kept, the newest first

      --task <id>      only of this task
      --run <run-id>   only of this run
      --json           print it as JSON
`;

/** More names than that are counted. */
const MOST_FILES = 3;

/** `hew loop salvage list`: one line for each. */
export async function listKept(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    flags: { task: { type: 'string' }, run: { type: 'string' }, json: { type: 'boolean' } },
  });
  if (parsed.kind === 'help') return 0;
  const { task, run, json } = parsed.flags;
  const asked = run === undefined ? null : typedRunId(run);
  const project = await projectHere();
  const salvages = (await listSalvages(project)).filter(
    (each) => (task === undefined || each.task === task) && (asked === null || each.run === asked),
  );
  const files = await filesOfSalvages(project, salvages);
  if (json) printJson(salvages.map((each, index) => ({ ...each, files: files[index] ?? [] })));
  else if (salvages.length === 0) printLines(['Nothing is kept.']);
  else printLines(salvageLines(salvages, files));
  return 0;
}

/** What is kept as a table. Pure. */
export function salvageLines(
  salvages: readonly KeptSalvage[],
  files: readonly (readonly string[])[],
): readonly string[] {
  const rows = salvages.map(({ ref, task, attempt, reason, at }, index) => [
    salvageName(ref),
    task ?? '-',
    attempt === 0 ? '-' : String(attempt),
    formatDateTime(at),
    filesInWords(files[index] ?? []),
    plainText(reason),
  ]);
  return columns([['REF', 'TASK', 'ATTEMPT', 'DATE', 'FILES', 'REASON'], ...rows]);
}

function filesInWords(files: readonly string[]): string {
  const shown = files.slice(0, MOST_FILES).map(plainText).join(', ');
  return files.length > MOST_FILES ? `${shown} and ${files.length - MOST_FILES} more` : shown || '-';
}
