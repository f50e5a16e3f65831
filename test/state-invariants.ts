import { consequenceOf } from '../source/engine/outcome.js';
import type { RunState, Spending, TaskState } from '../source/engine/state.js';

/** What must hold of every state of every run, at any moment. Each string tells one thing that does not. */
export function checkInvariants(state: RunState): string[] {
  return [
    ...slotProblems(state),
    ...workerProblems(state),
    ...[...state.tasks.values()].flatMap((task) => taskProblems(task, state)),
    ...sumProblems(state),
    ...countProblems(state),
  ];
}

function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function repeated<Value>(values: readonly Value[]): Value[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

function slotProblems({ slots, tasks, workers, run, finished }: RunState): string[] {
  const inSlots = slots.flatMap(({ activity }) => ('task' in activity ? [activity.task] : []));
  return [
    ...unless(
      slots.every(({ slot }, index) => slot === index + 1) && slots.length >= (run?.jobs ?? 0),
      `slots ${slots.map(({ slot }) => slot).join(' ')} for ${run?.jobs} jobs`,
    ),
    ...slots.flatMap(({ slot, removed, paused }) => [
      ...unless(removed === slot > (run?.jobs ?? 0), `slot ${slot} of ${run?.jobs} is removed: ${removed}`),
      ...unless(!removed || !paused, `slot ${slot} is removed and paused`),
    ]),
    ...repeated(inSlots).map((task) => `${task} is in two slots`),
    ...repeated(slots.flatMap(({ worker }) => (worker === null ? [] : [worker]))).map(
      (worker) => `worker ${worker} is in two slots`,
    ),
    ...slots.flatMap(({ slot, worker, activity }) => {
      const known = worker === null ? undefined : workers.get(worker);
      const task = activity.kind === 'working' ? tasks.get(activity.task) : undefined;
      return [
        ...unless(
          worker === null || known?.slot === slot,
          `slot ${slot} has worker ${worker}, which is not its own`,
        ),
        ...unless(known?.place !== 'parked', `slot ${slot} has the parked worker ${worker}`),
        ...unless(
          // A worker that is parked leaves its slot a moment before its iteration ends.
          !task || worker === null || task.worker === worker,
          `slot ${slot} works on ${task?.id}, which worker ${task?.worker} has claimed`,
        ),
        ...unless(
          !task || task.fate === null,
          `slot ${slot} works on ${task?.id}, whose fate is ${task?.fate}`,
        ),
        ...unless(!finished || activity.kind !== 'working', `slot ${slot} works in a finished run`),
      ];
    }),
  ];
}

function workerProblems({ workers, tasks }: RunState): string[] {
  return [...workers.values()].flatMap(({ worker, place, parked, closed, iterations }) => {
    const held = [...tasks.values()].filter((task) => task.worker === worker);
    return [
      ...unless(held.length <= 1, `worker ${worker} has claimed ${held.map(({ id }) => id).join(' and ')}`),
      ...unless(place !== 'parked' || parked !== null, `worker ${worker} is parked for nothing`),
      ...unless(place !== 'active' || parked === null, `worker ${worker} is parked and active`),
      ...unless(closed <= iterations, `worker ${worker} closed ${closed} in ${iterations} iterations`),
    ];
  });
}

function taskProblems(task: TaskState, state: RunState): string[] {
  const { id, fate, worker } = task;
  const holder = worker === null ? undefined : state.workers.get(worker);
  return [
    ...unless(
      worker === null || holder !== undefined,
      `${id} is claimed by worker ${worker}, which is not known`,
    ),
    ...unless(
      fate === null || fate === 'conflicted' || worker === null,
      `${id} is ${fate} and still claimed by worker ${worker}`,
    ),
    ...unless(
      fate !== 'conflicted' || task.tries === 0 || worker !== null,
      `${id} is conflicted and its claim was given back`,
    ),
    ...unless(hasCause(task, state), `${id} is ${fate} without a cause (its last end is ${task.end})`),
    ...unless(!task.closed || task.close_refused === null, `${id} is closed and refused`),
    ...unless(
      task.return_refused === null || (worker === null && fate !== null),
      `${id} is to be given back and still held`,
    ),
    ...unless(task.counted <= task.tries, `${id} has ${task.counted} attempts of ${task.tries} that count`),
    ...unless(task.faults <= task.tries, `${id} has ${task.faults} faults in ${task.tries} tries`),
  ];
}

/** Whether something has happened that leads to the task's fate. */
function hasCause({ fate, end, counted, faults, tries }: TaskState, { run, settled }: RunState): boolean {
  switch (fate) {
    case null:
    case 'open again':
      return true;
    case 'merged':
      return end === 'merged' || settled.length > 0;
    case 'conflicted':
      // An earlier run's parked task is met without an attempt of this run.
      return end === 'conflict' || end === 'parked' || tries === 0;
    case 'empty':
      return end === 'empty';
    case 'failed':
      return (
        end !== null &&
        consequenceOf(end, { counted, faults, attempts: run?.attempts ?? 1 }).fate === 'failed'
      );
    case 'stranded':
      // Told by fateOf, never stored.
      return false;
  }
}

const TOKEN_KINDS = ['input', 'output', 'cache_read', 'cache_create'] as const;

/** Every token and every cent is told three times: of the run, of a worker, of a task. */
function sumProblems(state: RunState): string[] {
  const parts: readonly (readonly [string, readonly Spending[]])[] = [
    ['workers', [...state.workers.values()]],
    ['tasks', [...state.tasks.values()]],
  ];
  return parts.flatMap(([name, spendings]) => {
    const cost = sum(spendings.map(({ cost_usd }) => cost_usd));
    return [
      ...TOKEN_KINDS.flatMap((kind) => {
        const total = sum(spendings.map(({ tokens }) => tokens[kind]));
        return unless(
          total === state.tokens[kind],
          `the ${name} used ${total} ${kind} tokens, the run ${state.tokens[kind]}`,
        );
      }),
      ...unless(
        Math.abs(cost - state.cost_usd) < 1e-6,
        `the ${name} cost ${cost}, the run ${state.cost_usd}`,
      ),
      ...unless(
        spendings.some(({ cost_unknown }) => cost_unknown) === state.cost_unknown,
        `the ${name} and the run differ in whether a cost is unknown`,
      ),
    ];
  });
}

function countProblems(state: RunState): string[] {
  const { run, started_iterations: started, finished_iterations: ended } = state;
  const workers = [...state.workers.values()];
  const tasks = [...state.tasks.values()];
  const iterations = sum(workers.map((worker) => worker.iterations));
  const tries = sum(tasks.map((task) => task.tries));
  const working = state.slots.filter(({ activity }) => activity.kind === 'working').length;
  const closed = sum(workers.map((worker) => worker.closed));
  const good = tasks.filter(({ end }) => end === 'merged' || end === 'empty').length;
  const busy = sum(workers.map((worker) => worker.busy_ms));
  const spent = sum(tasks.map((task) => task.duration_ms));
  const most = run?.limits.max_iter ?? null;
  return [
    ...unless(
      started - ended === working,
      `${started - ended} iterations are under way, ${working} slots work`,
    ),
    ...unless(iterations === started, `the workers began ${iterations} iterations, the run ${started}`),
    ...unless(tries === started, `the tasks had ${tries} tries, the run began ${started} iterations`),
    ...unless(closed >= good, `the workers closed ${closed} tasks, ${good} ended well`),
    ...unless(
      Math.abs(busy - spent) < 1e-3,
      `the workers were busy for ${busy} ms, the tasks took ${spent} ms`,
    ),
    ...unless(most === null || started <= most, `${started} iterations were begun of ${most}`),
  ];
}
