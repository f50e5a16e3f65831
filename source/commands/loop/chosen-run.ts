import type { Places } from '../../engine/git/places.js';
import type { RunId } from '../../engine/ids.js';
import { runIds } from '../../engine/run-ids.js';
import { Refusal } from '../command.js';
import { typedRunId } from '../project-here.js';

/** The run that was asked for, else the newest; throws a {@link Refusal} when there is none like that here. */
export async function chosenRun(places: Pick<Places, 'hew'>, asked: string | undefined): Promise<RunId> {
  const runs = await runIds(places);
  if (asked !== undefined) {
    const run = typedRunId(asked);
    if (runs.includes(run)) return run;
    throw new Refusal(`there is no run ${run} here. hew loop list shows those that there are.`);
  }
  const [newest] = runs;
  if (newest === undefined) throw new Refusal('no run was started here yet: hew tui starts one.');
  return newest;
}
