/**
 * The guardian of one run, in a session of its own: it waits for the end of the pipe of which hew alone holds the other
 * end, and unless hew has said its farewell on it, ends every process that the run has left. A program of its own, since
 * nothing else goes on when hew is killed; it loads the reaper before it is needed, since hew's files may be replaced
 * while a run goes on.
 */
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { runIdSchema } from './engine/ids.js';
import { FAREWELL } from './engine/processes/farewell.js';
import { reapRun } from './engine/processes/reap-run.js';

// Whoever ends hew by a signal may send it to all that it has started: the guardian is there for just then.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

const [ledger = '', run = ''] = process.argv.slice(2);
// A pipe that breaks has ended as well.
const said = await text(process.stdin).catch(() => '');
if (said !== FAREWELL) await reapRun({ ledger, run: runIdSchema.parse(run), when: 'at_once' });
