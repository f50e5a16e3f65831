import { memo, type ReactElement } from 'react';
import stringWidth from 'string-width';
import { type LiveSnapshot, spendingNow } from '../engine/live-view.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import { fateOf } from '../engine/summary.js';
import { formatDuration, formatMoney, formatTokens, shortSha } from '../reporters/formats.js';
import { stopInWords } from '../reporters/words.js';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { Place } from './place.js';
import { screenText, spread } from './screen-text.js';

interface HeaderProps {
  readonly at: Rectangle;
  readonly live: LiveSnapshot;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What the run as a whole is at: counts, money, time; with two lines also its id and trunk. */
export const Header = memo(function Header({ at, live, now }: HeaderProps): ReactElement {
  return (
    <Place at={at}>
      <Line text={firstLine(live, now, at.width)} tone="strong" />
      {at.height > 1 && <Line text={secondLine(live, at.width)} tone="dim" />}
    </Place>
  );
});

/** Facts of which the last ones are left out where they do not fit. */
function fitting(facts: readonly string[], width: number): string {
  const shown = facts.filter((fact) => fact !== '');
  while (shown.length > 1 && stringWidth(shown.join('  ')) > width) shown.pop();
  return shown.join('  ');
}

function firstLine(live: LiveSnapshot, now: number, width: number): string {
  const { state } = live;
  const spent = spendingNow(live);
  const money = formatMoney(spent.cost_usd, spent.cost_unknown);
  const budget = state.run?.limits.budget_cost ?? null;
  const right = `${formatTokens(totalTokens(spent.tokens))} tok  ${money}${
    budget === null ? '' : ` of ${formatMoney(budget)}`
  }  ${formatDuration(state.run ? now - Date.parse(state.run.at) : 0)} `;
  const branch = state.run === null ? '' : `→ ${state.run.starting_branch ?? 'no branch'}`;
  const left = fitting(
    [' hew', ...phase(live), ...counts(live), screenText(branch)],
    width - right.length - 2,
  );
  return spread(left, right, width);
}

/** What is out of the ordinary comes first: it must not be what is left out. */
function phase({ state, checking_base }: LiveSnapshot): readonly string[] {
  if (!state.run) return ['starts'];
  return [
    state.run.ungated ? 'UNGATED' : '',
    checking_base && !state.stopping ? 'tests the untouched base' : '',
    state.stopping && state.stopping !== 'ready_empty' ? `STOPS: ${stopInWords(state.stopping)}` : '',
    state.landing.kind === 'started' ? 'lands' : '',
  ];
}

function counts({ state, slots, left }: LiveSnapshot): readonly string[] {
  const working = slots.filter(({ state: { activity } }) => activity.kind === 'working').length;
  const paused = slots.filter((slot) => slot.state.paused).length;
  const fates = [...state.tasks.values()].map((task) => fateOf(task, state));
  const fate = (...names: readonly string[]): number =>
    fates.filter((each) => names.includes(each ?? '')).length;
  return [
    `${working} working`,
    count(paused, 'paused'),
    `${fate('merged')} merged`,
    left === null ? '' : `${left} left`,
    count(fate('conflicted'), 'conflict'),
    count(fate('failed'), 'failed'),
    count(fate('stranded'), 'stranded'),
    count(fate('empty'), 'empty'),
    count(fate('open again'), 'open again'),
  ];
}

function count(number: number, name: string): string {
  return number === 0 ? '' : `${number} ${name}`;
}

function secondLine({ state }: LiveSnapshot, width: number): string {
  const { run, trunk, started_iterations } = state;
  if (!run) return '';
  const most = run.limits.max_iter === null ? '' : ` of ${run.limits.max_iter}`;
  const facts = [
    ` ${run.run_id}`,
    trunk === null || run.trunk === null ? '' : `trunk ${shortSha(trunk)}`,
    `${started_iterations}${most} iterations`,
    screenText(run.runtime),
  ];
  return spread(fitting(facts, width), '', width);
}
