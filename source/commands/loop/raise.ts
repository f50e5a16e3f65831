import { type ExitCode, Refusal } from '../command.js';
import { connectLiveRun } from '../live-run.js';
import { parseFlags } from '../parse-flags.js';
import { printLines } from '../print-lines.js';
import { projectHere, typedRunId } from '../project-here.js';
import { loopSettingsOf, RUN_FLAGS } from './run-flags.js';

const HELP = `
hew loop raise [run-id] <flags>    raises limits of the run that is alive

      --budget-tokens <n>       start no iteration once so many tokens are used
      --budget-cost <dollars>   start none once so much is spent
      --budget-wall <time>      start none after that time: 90m, 8h
      --max-iter <n>            start no more iterations than that

They count over the whole run, as those of hew loop run. A limit that the run has can only be raised, and only while it
goes on: one that has begun to stop lets what is in work finish. hew loop resume keeps what was raised.

It says what it did and ends with 0, or with 1 when that cannot be done now or no run is alive.
`;

/** `hew loop raise`: lets the run that is alive use more than it was allowed to. */
export async function raiseLimits(argv: readonly string[]): Promise<ExitCode> {
  const { budgetTokens, budgetCost, budgetWall, maxIter } = RUN_FLAGS;
  const flags = { budgetTokens, budgetCost, budgetWall, maxIter };
  const parsed = parseFlags({ argv, help: HELP, operands: ['[run-id]'], flags });
  if (parsed.kind === 'help') return 0;
  const { budget_tokens, budget_cost, budget_wall, max_iter } = loopSettingsOf(parsed.flags);
  const limits = { budget_tokens, budget_cost, budget_wall_ms: budget_wall, max_iter };
  if (Object.values(limits).every((limit) => limit === undefined)) {
    throw new Refusal(
      'name what is to be raised: --budget-tokens, --budget-cost, --budget-wall or --max-iter.',
    );
  }
  const [typed] = parsed.operands;
  const asked = typed === undefined ? null : typedRunId(typed);
  using client = await connectLiveRun(await projectHere(), asked);
  const { ok, text } = await client.ask({ type: 'raiseLimits', limits });
  printLines([`${client.hello.run}: ${text}`]);
  return ok ? 0 : 1;
}
