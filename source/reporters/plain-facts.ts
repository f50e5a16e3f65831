import type { DurableEvent } from '../engine/events.js';
import type { RunState } from '../engine/state.js';
import { formatClock, formatCount, formatDuration, shortSha } from './formats.js';
import { iterationFacts } from './iteration-facts.js';
import { controlInWords, stopInWords } from './words.js';

/** How many lines of a failing gate are told; the whole of it is in its log. */
const TAIL_LINES = 20;

/** What an event says, one fact a string, for the plain lines. Text of other programs is in it as it came. Pure. */
export function plainFacts(event: DurableEvent, before: RunState, after: RunState): readonly string[] {
  switch (event.type) {
    case 'run.started':
      return startFacts(event);
    case 'base.checked':
      return checkFacts('base', event);
    case 'trunk.checked':
      return checkFacts('trunk', event);
    case 'worker.created':
      return after.run?.mode === 'serial' ? [] : [`worker w${event.worker} works in ${event.path}`];
    case 'worker.parked': {
      const path = before.workers.get(event.worker)?.path;
      return [
        `worker w${event.worker} parked: ${event.reason}${path === undefined ? '' : `; kept in ${path}`}`,
      ];
    }
    case 'slot.paused':
      return ['paused: takes no further task'];
    case 'slot.resumed':
      return ['goes on'];
    case 'slots.changed':
      return [`${formatCount(event.slots, 'slot')} from now on`];
    case 'slot.waiting':
      return waitingFacts(event, before);
    case 'slot.planned':
      return [
        `would take ${event.title}`,
        `prompt ${event.prompt_hash}:`,
        ...event.prompt
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`),
      ];
    case 'task.claimed':
      return [`claimed, priority ${event.priority}: ${event.title}`];
    case 'task.claim_lost':
      return [`was taken by ${event.holder}`];
    case 'foreign.changed':
      return event.what.map((what) => `warning: changed outside of its worktree: ${what}`);
    case 'iteration.started':
    case 'agent.finished':
    case 'gate.finished':
    case 'merge.queued':
    case 'merge.finished':
    case 'iteration.finished':
      return iterationFacts(event, before);
    case 'trunk.restored': {
      const found = event.found === null ? 'was gone' : `stood at ${shortSha(event.found)}`;
      const kept = event.salvage === null ? '' : `; what it held is ${event.salvage}`;
      return [`warning: trunk ${found}, not by hew: put back to ${shortSha(event.expected)}${kept}`];
    }
    case 'trunk.caught_up': {
      const branch = after.run?.starting_branch ?? 'the starting branch';
      return [
        `${branch} had moved on to ${shortSha(event.tip)}: merged into trunk as ${shortSha(event.sha)}`,
      ];
    }
    case 'task.closed':
      return [event.how === 'empty' ? 'closed: no change was needed' : `closed with ${shortSha(event.sha)}`];
    case 'task.close_refused':
      return [`warning: the queue refused to close it: ${event.message}`];
    case 'task.returned':
      // Its note says again, for the queue, how the attempt has ended.
      return [event.failed ? 'given back as failed' : 'given back'];
    case 'task.return_refused':
      return [`warning: could not be given back, which is tried again: ${event.message}`];
    case 'conflict.filed':
      return [`waits for ${event.bug}, which was filed for a person`];
    case 'parked.settled':
      return parkedFacts(event);
    case 'salvage.created':
      return [`work kept as ${event.ref}: ${event.reason}`];
    case 'control.received': {
      return [`asked: ${controlInWords(event.control)}`];
    }
    case 'run.resumed':
      return ['goes on from here'];
    case 'run.stopping':
      return [`stops: ${stopInWords(event.reason)}${detailOf(event)}`];
    case 'run.landed':
      return landedFacts(event, after);
    case 'land.refused':
      return [
        `not landed on ${event.branch}: ${event.reason}`,
        ...(after.run ? [`to try again: hew loop land ${after.run.run_id}`] : []),
      ];
    case 'run.finished': {
      const left = event.tasks_left === 0 ? '' : `, ${formatCount(event.tasks_left, 'task')} left`;
      return [`ended: ${stopInWords(event.stop_reason)}${left} (exit code ${event.exit_code})`];
    }
    case 'notice':
      return [event.level === 'warning' ? `warning: ${event.text}` : event.text];
    // Intents, whose results are told, and what the next event of the same slot tells better.
    case 'worker.removed':
    // Told by run.stopping for all of them.
    case 'slot.finished':
    case 'task.claiming':
    case 'gate.started':
    case 'merge.started':
    case 'task.closing':
    case 'parked.merging':
    case 'trunk.catching_up':
    case 'land.started':
      return [];
  }
}

type Of<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>;

function startFacts(event: Of<'run.started'>): readonly string[] {
  const where = `${event.starting_branch ?? 'a detached HEAD'} at ${shortSha(event.starting_sha)}`;
  const mode = event.mode === 'serial' ? `in ${event.home}, on` : 'from';
  return [
    `${event.run_id}${event.mode === 'dry_run' ? ' (dry run: nothing is claimed)' : ''}`,
    `${formatCount(event.jobs, 'slot')}, ${event.runtime}, ${mode} ${where}`,
    ...(event.ungated ? ['UNGATED: no test or lint command checks the work'] : []),
  ];
}

function checkFacts(what: string, event: Of<'base.checked'> | Of<'trunk.checked'>): readonly string[] {
  const took = formatDuration(event.duration_ms);
  switch (event.outcome) {
    case 'green':
      return [`gate green on the ${what} (${took})`];
    case 'remembered':
      return [`gate known to be green on the ${what}`];
    case 'skipped':
      return [`gate not run on the ${what}`];
    case 'red': {
      const lines = event.tail.split('\n').filter((line) => line.trim() !== '');
      return [`gate RED on the ${what} (${took})`, ...lines.slice(-TAIL_LINES).map((line) => `  ${line}`)];
    }
  }
}

function waitingFacts(event: Of<'slot.waiting'>, before: RunState): readonly string[] {
  const known = before.slots.find(({ slot }) => slot === event.slot)?.activity;
  if (known?.kind === 'waiting' && known.reason === event.reason && known.detail === event.detail) return [];
  const until = event.until === null ? '' : `, until ${formatClock(event.until)}`;
  const detail = event.detail === '' ? '' : `: ${event.detail}`;
  const reasons = {
    nothing_ready: 'waits, nothing is ready',
    usage_limit: 'waits, usage limit',
    back_off: 'waits before it tries again',
    paused: 'waits, paused',
    disk: 'waits for room on the disk',
  };
  return [`${reasons[event.reason]}${until}${detail}`];
}

function parkedFacts(event: Of<'parked.settled'>): readonly string[] {
  switch (event.outcome) {
    case 'merged':
      return [
        `the parked branch of w${event.worker} is merged${event.sha ? ` as ${shortSha(event.sha)}` : ''}`,
      ];
    case 'already_merged':
      return [`the parked branch of w${event.worker} was merged already`];
    case 'reopened':
      return [`the parked branch of w${event.worker} cannot be merged yet: ${event.reason}`];
  }
}

function landedFacts(event: Of<'run.landed'>, after: RunState): readonly string[] {
  const [from, to] = [shortSha(event.from), shortSha(event.to)];
  switch (event.how) {
    case 'fast_forward':
      return [
        `landed: ${event.branch ?? 'HEAD'} moved ${from} -> ${to}`,
        `to undo: git reset --keep ${event.from}`,
      ];
    case 'detached':
      return [`no branch to land on: the merges are on ${after.run?.trunk ?? to}`];
    case 'nothing':
      return ['nothing to land'];
    case 'in_place':
      return event.from === event.to ? [] : [`${event.branch ?? 'HEAD'} moved ${from} -> ${to}`];
  }
}

/** What the words do not say already. */
function detailOf({ reason, detail }: Of<'run.stopping'>): string {
  return detail === '' || detail === stopInWords(reason) ? '' : ` (${detail})`;
}
