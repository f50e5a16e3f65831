import type { LiveLine } from '../engine/live-view.js';
import type { Tone } from './line.js';

/** What stands before a line of output, so that its kind is not told by its tone alone. */
export const OUTPUT_MARKS: Readonly<Record<LiveLine['kind'], string>> = {
  text: '  ',
  tool: '> ',
  result: '    ',
  error: '! ',
  gate: '| ',
};

/** How a line of output stands out. Pure. */
export function outputTone(kind: LiveLine['kind']): Tone {
  if (kind === 'error') return 'alarm';
  return kind === 'tool' ? 'strong' : 'plain';
}
