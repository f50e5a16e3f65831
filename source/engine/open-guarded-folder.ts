import { join } from 'node:path';
import type { EventStream } from './event-stream.js';
import { openRunFolder, type RunFolder, type RunFolderRequest } from './open-run-folder.js';
import { ProcessLedger } from './processes/process-ledger.js';
import { RunGuardian } from './processes/run-guardian.js';

/** The name of the ledger in a run's folder. */
export const LEDGER_FILE = 'processes.jsonl';

/** A run's folder, with all that a run needs which starts processes. */
export interface GuardedFolder extends RunFolder {
  readonly ledger: ProcessLedger;
}

/**
 * Opens a run's folder as {@link openRunFolder} does, and its ledger of processes with a guardian over it, which ends what
 * is left when hew is killed. Closing it takes leave of the guardian.
 */
export async function openGuardedFolder(
  request: RunFolderRequest,
  listen: (events: EventStream) => void,
): Promise<GuardedFolder> {
  const opened = await openRunFolder(request, listen);
  const { events } = opened;
  const warn = (text: string): void => events.note({ type: 'notice', level: 'warning', text });
  try {
    const path = join(opened.folder, LEDGER_FILE);
    const ledger = await ProcessLedger.open(path, (error) => {
      warn(
        `${path} cannot be written, so that only marks tell which processes are the run's: ${String(error)}`,
      );
    });
    const guardian = new RunGuardian({
      ledger: path,
      run: request.run,
      env: request.env,
      onStarted: (leader) => ledger.guarded(leader),
      onLost: () =>
        warn('The guardian is gone: if hew is killed now, only the next hew command ends its agents.'),
    });
    const close = async (): Promise<void> => {
      await guardian.end({ inOrder: ledger.close() });
      await opened.close();
    };
    return { ...opened, ledger, close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
