import { execa } from 'execa';
import type { EventStream } from '../../engine/event-stream.js';
import type { RunId } from '../../engine/ids.js';
import { plainText } from '../../engine/plain-text.js';
import type { Settings } from '../../engine/settings.js';
import type { Notification } from '../../reporters/notification.js';
import { onNotification } from './on-notification.js';

/** One that takes longer is ended: hew waits for it before it ends itself. */
const LONGEST_MS = 30_000;

interface NotifyRequest {
  readonly run: RunId;
  /** Where the command is started. */
  readonly home: string;
  readonly notify: Settings['notify'];
}

/**
 * Starts the user's command for everything that is worth calling a person for. What it is about stands in its
 * environment alone, since tasks are written by others. The first that fails while the run goes on is told as a notice.
 */
export function notifyByCommand(events: EventStream, { run, home, notify }: NotifyRequest): void {
  const [program, ...words] = notify.command;
  if (program === undefined) return;
  let told = false;
  const start = async ({ event, task, text }: Notification): Promise<void> => {
    const { failed, shortMessage } = await execa(program, words, {
      cwd: home,
      env: {
        HEW_EVENT: event,
        HEW_RUN_ID: run,
        HEW_TASK_ID: task ?? '',
        HEW_TEXT: plainText(text),
      },
      stdio: 'ignore',
      reject: false,
      timeout: LONGEST_MS,
    });
    // After the run there is nobody left to tell.
    if (!failed || told || events.state.finished) return;
    told = true;
    const problem = plainText(shortMessage ?? 'it could not be started');
    events.note({ type: 'notice', level: 'warning', text: `[notify] command: ${problem}` });
  };
  onNotification(events, (notification) => void start(notification));
}
