import { type Control, controlSchema } from '../engine/controls.js';
import { slotNumberSchema } from '../engine/ids.js';
import { nearestName } from '../engine/nearest-name.js';
import { plainText } from '../engine/plain-text.js';
import { type ExitCode, Refusal } from './command.js';
import { connectLiveRun } from './live-run.js';
import { parseFlags } from './parse-flags.js';
import { printLines } from './print-lines.js';
import { projectHere, typedRunId } from './project-here.js';

const HELP = `
hew slot <verb> [slot] [text] [flags]    steers a slot of the run that is alive in this project

  hew slot pause <slot>          when its iteration has ended it takes no other
  hew slot resume <slot>         it goes on
  hew slot abort <slot>          ends its iteration: the work is kept, the task goes back
  hew slot note <slot> <text>    tells its task something: it goes into the next prompt
  hew slot add                   the run goes on with one slot more
  hew slot remove                the highest slot goes when its iteration has ended

      --run <run-id>    only if this is the run that is alive

It says what it did and ends with 0, or with 1 when that cannot be done now or no run is alive.
`;

const VERBS = ['pause', 'resume', 'abort', 'note', 'add', 'remove'];

/** The verbs that are about no slot that there is. */
const ALONE: ReadonlyMap<string, Control> = new Map<string, Control>([
  ['add', { type: 'addSlot' }],
  ['remove', { type: 'removeSlot' }],
]);

/** `hew slot`: one control, sent to the run that is alive. */
export async function slot(argv: readonly string[]): Promise<ExitCode> {
  const parsed = parseFlags({
    argv,
    help: HELP,
    operands: ['<verb>', '[slot]', '[text]'],
    flags: { run: { type: 'string' } },
  });
  if (parsed.kind === 'help') return 0;
  const control = controlOf(parsed.operands);
  const run = parsed.flags.run === undefined ? null : typedRunId(parsed.flags.run);
  using client = await connectLiveRun(await projectHere(), run);
  const { ok, text: answer } = await client.ask(control);
  printLines([answer]);
  return ok ? 0 : 1;
}

function controlOf([verb = '', typed, text]: readonly string[]): Control {
  const alone = ALONE.get(verb);
  if (alone && typed !== undefined) {
    throw new Refusal(`"${plainText(typed)}" is one argument too many. hew slot ${verb} takes no number.`);
  }
  if (alone) return alone;
  if (!VERBS.includes(verb)) throw unknownVerb(verb);
  if (typed === undefined) throw new Refusal(`the slot is missing: hew slot ${verb} <slot>`);
  const number = slotNumberSchema.safeParse(Number(typed)).data;
  if (number === undefined) {
    throw new Refusal(`"${plainText(typed)}" is not a slot: they are numbered from 1, as on the screen.`);
  }
  if (verb !== 'note' && text !== undefined) {
    throw new Refusal(`"${plainText(text)}" is one argument too many. Only note takes a text.`);
  }
  switch (verb) {
    case 'pause':
      return { type: 'pauseSlot', slot: number };
    case 'resume':
      return { type: 'resumeSlot', slot: number };
    case 'abort':
      return { type: 'abortSlot', slot: number };
    case 'note': {
      const note = controlSchema.safeParse({ type: 'noteTask', to: { slot: number }, text: text ?? '' }).data;
      if (!note) throw new Refusal('the text is missing or too long: hew slot note <slot> "<text>"');
      return note;
    }
    default:
      throw unknownVerb(verb);
  }
}

function unknownVerb(verb: string): Refusal {
  const meant = nearestName(verb, VERBS);
  const hint = meant === null ? 'hew slot --help lists them.' : `Did you mean ${meant}?`;
  return new Refusal(`there is no "hew slot ${plainText(verb)}". ${hint}`);
}
