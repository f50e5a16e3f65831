import { listRuns, type RunListing } from '../../engine/list-runs.js';
import type { RunRecord } from '../../engine/run-files/run-record.js';
import { plainText } from '../../engine/plain-text.js';
import { columns } from '../../reporters/columns.js';
import { formatDateTime, formatMoney, formatTokens } from '../../reporters/formats.js';
import type { ExitCode } from '../command.js';
import { parseFlags } from '../parse-flags.js';
import { printJson } from '../print-json.js';
import { printLines } from '../print-lines.js';
import { projectHere } from '../project-here.js';

const HELP = `
hew loop list [flags]    shows the runs of this project, the newest first

      --json    print them as JSON

A run that is neither alive nor ended is shown as crashed. One whose files cannot be read is shown with what is wrong.
`;

/** `hew loop list`: one line a run. */
export async function listLoops(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({ argv, help: HELP, flags: { json: { type: 'boolean' } } });
  if (parsed.kind === 'help') return 0;
  const { places } = await projectHere();
  const runs = await listRuns(places);
  if (parsed.flags.json) printJson(runs.map(runJson));
  else if (runs.length === 0) printLines(['No run was started here yet: hew tui starts one.']);
  else printLines(runLines(runs));
  return 0;
}

function runJson(listing: RunListing): object {
  if (listing.kind === 'broken') return { id: listing.run, state: 'broken', problem: listing.problem };
  return { ...listing.record, state: listing.state };
}

const HEADS = [
  'RUN',
  'STARTED',
  'STATE',
  'JOBS',
  'MERGED',
  'LEFT',
  'FAILED',
  'CONFLICTED',
  'TOKENS',
  'COST',
  'LANDING',
];

/** The runs as a table; one whose files cannot be read says so below its columns. Pure. */
export function runLines(runs: readonly RunListing[]): readonly string[] {
  const rows = runs.map((each) =>
    each.kind === 'known' ? cells(each.record, stateOf(each)) : [each.run, '', 'broken'],
  );
  const [head = '', ...lines] = columns([HEADS, ...rows]);
  const told = runs.flatMap((each, index) => {
    const line = lines[index] ?? '';
    return each.kind === 'known' ? [line] : [`${line}: ${plainText(each.problem)}`];
  });
  return [head, ...told];
}

function stateOf({ state, record }: Extract<RunListing, { kind: 'known' }>): string {
  if (state !== 'ended') return state;
  return record.mode === 'dry_run' ? 'dry run' : plainText(record.stop_reason ?? '');
}

function cells(record: RunRecord, state: string): string[] {
  const { fates, tasks_left, cumulative_tokens, cost_usd, cost_unknown } = record;
  const count = (number: number | null | undefined): string =>
    number === null || number === undefined ? '-' : String(number);
  return [
    record.id,
    record.started_at === null ? '-' : formatDateTime(record.started_at),
    state,
    count(record.jobs),
    count(fates && (fates.merged ?? 0) + (fates.empty ?? 0)),
    count(tasks_left),
    count(fates?.failed),
    count(fates?.conflicted),
    cumulative_tokens === null ? '-' : formatTokens(cumulative_tokens),
    cost_usd === null ? '-' : formatMoney(cost_usd, cost_unknown ?? false),
    landingOf(record),
  ];
}

function landingOf({ landing, starting_branch }: RunRecord): string {
  if (landing === null) return '-';
  switch (landing.kind) {
    case 'not_tried':
      return '-';
    case 'started':
      return 'cut';
    case 'refused':
      return plainText(`not landed: ${landing.reason}`);
    case 'landed':
      return landing.how === 'fast_forward'
        ? plainText(`landed on ${starting_branch ?? 'its branch'}`)
        : landing.how.replaceAll('_', ' ');
  }
}
