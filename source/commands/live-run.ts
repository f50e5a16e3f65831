import { join } from 'node:path';
import { type ControlClient, connectControl, ControlError } from '../engine/control-client.js';
import { controlSocketPath } from '../engine/control-socket-path.js';
import { runFolder } from '../engine/git/places.js';
import type { RunId } from '../engine/ids.js';
import type { Project } from '../engine/open-project.js';
import { RunFileError } from '../engine/run-files/run-file-error.js';
import { readRunRecord } from '../engine/run-files/run-record.js';
import { findLiveRun } from '../engine/run-lock.js';

/** Connects to the run that is alive in the project. Throws a ControlError of one line when there is none, or not the one asked for. */
export async function connectLiveRun(project: Project, asked: RunId | null): Promise<ControlClient> {
  const live = await findLiveRun(project.places.common_dir);
  if (!live)
    throw new ControlError('no run is alive in this repository. hew loop list shows what there was.');
  const { run_id: run, holder } = live;
  if (run === null) throw new ControlError(`${holder} holds this repository, and is no run of this hew.`);
  if (asked !== null && asked !== run) throw new ControlError(`${asked} is not alive; ${run} is.`);
  return connectControl(await socketOf(project, run));
}

/** Where the run says that it listens; else where it must, if it has been started with the same HEW_HOME. */
async function socketOf({ places, hew_home }: Project, run: RunId): Promise<string> {
  try {
    const { socket } = await readRunRecord(join(runFolder(places, run), 'run.json'));
    if (socket !== null) return socket;
  } catch (error) {
    // It has only just begun.
    if (!(error instanceof RunFileError)) throw error;
  }
  return controlSocketPath(hew_home, run);
}
