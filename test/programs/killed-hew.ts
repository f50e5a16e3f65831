// Hew itself, which ends with SIGKILL at the point that KILL_AT names, such as `append 17`, `before 4`, `during 4`, `after 4`
// (the fourth effect) or `moment 900` (milliseconds). Hew knows nothing of it.
import { Git } from '../../source/engine/git/git.js';
import { FileQueue } from '../../source/engine/queue/file-queue.js';
import { KILL_POINT } from './kill-point.js';

type Act = (...given: unknown[]) => Promise<unknown>;

const CHANGES = /^(worktree|checkout|clean|commit|commit-tree|update-ref|merge|symbolic-ref|add)$/;

const { kind, at, die } = KILL_POINT;
let effects = 0;

function effect(act: () => Promise<unknown>): Promise<unknown> {
  effects += 1;
  if (effects !== at) return act();
  if (kind === 'before') die();
  const done = act();
  // The child has been started: it goes on by itself.
  if (kind === 'during') setTimeout(die, 3);
  return kind === 'after' ? done.then(die) : done;
}

function countEffects(
  prototype: object,
  name: string,
  isEffect: (given: readonly unknown[]) => boolean,
): void {
  const real = Reflect.get(prototype, name) as Act;
  Reflect.set(prototype, name, function (this: unknown, ...given: unknown[]) {
    const act = () => real.apply(this, given);
    return isEffect(given) ? effect(act) : act();
  });
}

const changes = (args: readonly string[]): boolean => args.some((arg) => CHANGES.test(arg));
for (const name of ['ask', 'bytes'] satisfies (keyof Git)[])
  countEffects(Git.prototype, name, ([, args]) => changes(args as readonly string[]));
countEffects(Git.prototype, 'outputs' satisfies keyof Git, ([, commands]) =>
  (commands as readonly (readonly string[])[]).some(changes),
);
const CALLS = [
  'claim',
  'close',
  'release',
  'reopen',
  'create',
  'addDependency',
] satisfies (keyof FileQueue)[];
for (const name of CALLS) countEffects(FileQueue.prototype, name, () => true);

if (kind === 'moment') setTimeout(die, at);
await import('../../source/bin.js');
