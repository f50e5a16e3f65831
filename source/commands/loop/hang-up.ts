import type { RunHandle } from '../../engine/open-run.js';
import type { Settings } from '../../engine/settings.js';

/** Does to a run what its settings say of a terminal that goes away. */
export function hangUp(handle: Pick<RunHandle, 'control'>, on_hangup: Settings['loop']['on_hangup']): void {
  switch (on_hangup) {
    case 'continue':
      return;
    case 'drain':
      handle.control({ type: 'drainRun' });
      return;
    case 'abort':
      handle.control({ type: 'abortRun' });
  }
}
