import process from 'node:process';
import { CutRun, type CutRunChoice } from '../components/cut-run.js';
import { drawScreen } from '../components/draw-screen.js';

/** A run that was cut, as far as a person is asked about it. */
interface Question {
  readonly run: string;
  readonly holds: string | null;
}

/** Asks in the terminal what is to become of a run that was cut; a terminal that goes away quits. */
export async function askAboutCutRun({ run, holds }: Question): Promise<CutRunChoice> {
  const { stdin, stdout } = process;
  const { promise, resolve } = Promise.withResolvers<CutRunChoice>();
  const drawn = drawScreen({ stdin, stdout }, ({ columns, rows }) => (
    <CutRun columns={columns} rows={rows} run={run} holds={holds} onChoose={resolve} />
  ));
  const quit = (): void => resolve('quit');
  process.on('SIGTERM', quit);
  process.on('SIGHUP', quit);
  drawn.ended.then(quit, quit);
  try {
    return await promise;
  } finally {
    process.off('SIGTERM', quit);
    process.off('SIGHUP', quit);
    drawn.unmount();
  }
}
