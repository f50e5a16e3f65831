import { memo, type ReactElement } from 'react';
import stringWidth from 'string-width';
import { type LiveSnapshot, spendingNow } from '../engine/live-view.js';
import { totalTokens } from '../engine/reduce-iteration.js';
import { fateOf } from '../engine/summary.js';
import { NEAR_SHARE, nearestLimit } from '../engine/stop.js';
import { tokensOfLastMinute, tokensPerMinute } from '../engine/token-rate.js';
import { usedFacts } from '../engine/used-facts.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMoney,
  formatTokens,
  shortSha,
} from '../reporters/formats.js';
import { bar, sparkline } from '../reporters/sparkline.js';
import { limitInWords, stopInWords } from '../reporters/words.js';
import type { Rectangle } from './layout.js';
import { Line } from './line.js';
import { Place } from './place.js';
import { screenText, spread } from './screen-text.js';

interface HeaderProps {
  readonly at: Rectangle;
  readonly live: LiveSnapshot;
  readonly freeDisk: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Below so many bytes of free disk they are told. */
const LOW_DISK = 5_000_000_000;
const BAR_WIDTH = 10;

/** What the run as a whole is at: counts, money, time; with two lines also its id, trunk and rate. */
export const Header = memo(function Header({ at, live, freeDisk, now }: HeaderProps): ReactElement {
  const isAlone = at.height < 2;
  return (
    <Place at={at}>
      <Line text={firstLine(live, freeDisk, now, at.width, isAlone)} tone="strong" />
      {!isAlone && <Line text={secondLine(live, now, at.width)} tone="dim" />}
    </Place>
  );
});

/** Facts of which the last ones are left out where they do not fit. */
function fitting(facts: readonly string[], width: number): string {
  const shown = facts.filter((fact) => fact !== '');
  while (shown.length > 1 && stringWidth(joined(shown)) > width) shown.pop();
  return joined(shown);
}

function joined(facts: readonly string[]): string {
  return facts.filter((fact) => fact !== '').join('  ');
}

function firstLine(
  live: LiveSnapshot,
  freeDisk: number | null,
  now: number,
  width: number,
  isAlone: boolean,
): string {
  const { state } = live;
  const branch = state.run === null ? '' : `→ ${state.run.starting_branch ?? 'no branch'}`;
  const wanted = [
    ' hew',
    ...phase(live),
    nearLimit(live, now),
    freeDisk !== null && freeDisk < LOW_DISK ? `disk ${formatBytes(freeDisk)}` : '',
    ...counts(live),
  ];
  const all = [...wanted, screenText(branch), isAlone ? rateInWords(live, now) : ''];
  const fits = (facts: readonly string[], right: string): boolean =>
    stringWidth(joined(facts)) + right.length + 2 <= width;
  const [withBar, withTokens, least] = spent(live, now);
  const right = fits(all, withBar) ? withBar : fits(wanted, withTokens) ? withTokens : least;
  return spread(fitting(all, width - right.length - 2), right, width);
}

/** What is spent and for how long, with the budget's bar, without it, and without the tokens. */
function spent(live: LiveSnapshot, now: number): readonly [string, string, string] {
  const { run } = live.state;
  const { tokens, cost_usd, cost_unknown } = spendingNow(live);
  const budget = run?.limits.budget_cost ?? null;
  const used = `${formatTokens(totalTokens(tokens))} tok  `;
  const cost = cost_unknown && cost_usd === 0 ? 'cost unknown' : formatMoney(cost_usd, cost_unknown);
  const money = `${cost}${budget === null ? '' : ` of ${formatMoney(budget)}`}  `;
  const share = budget === null || budget === 0 ? '' : `${bar(cost_usd / budget, BAR_WIDTH)}  `;
  const time = `${formatDuration(usedFacts(live.state, now).elapsed_ms)} `;
  return [`${used}${money}${share}${time}`, `${used}${money}${time}`, `${money}${time}`];
}

/** Which limit ends the run soon, if one does. */
function nearLimit(live: LiveSnapshot, now: number): string {
  const { run, stopping } = live.state;
  if (!run || stopping) return '';
  const nearest = nearestLimit(usedFacts(live.state, now, spendingNow(live)), run.limits);
  if (nearest === null || nearest.share < NEAR_SHARE) return '';
  return `NEAR: ${limitInWords(nearest.reason)} ${Math.floor(nearest.share * 100)}%`;
}

/** How fast tokens are used: the last five minutes, and the last one as a number. */
function rateInWords({ rate }: LiveSnapshot, now: number): string {
  const line = sparkline(tokensPerMinute(rate, now));
  return line === '' ? '' : `${line} ${formatTokens(tokensOfLastMinute(rate, now))} tok/min`;
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
  const waiting = (reason: string): number =>
    slots.filter(
      ({ state: { activity, paused } }) =>
        !paused && activity.kind === 'waiting' && activity.reason === reason,
    ).length;
  const fates = [...state.tasks.values()].map((task) => fateOf(task, state));
  const fate = (...names: readonly string[]): number =>
    fates.filter((each) => names.includes(each ?? '')).length;
  return [
    `${working} working`,
    count(paused, 'paused'),
    count(waiting('usage_limit'), 'at a limit'),
    `${fate('merged')} merged`,
    left === null ? '' : `${left} left`,
    count(fate('conflicted'), 'conflict'),
    count(fate('failed'), 'failed'),
    count(fate('stranded'), 'stranded'),
    count(fate('empty'), 'empty'),
    count(fate('open again'), 'open again'),
    count(waiting('nothing_ready'), 'waiting'),
    count(waiting('back_off'), 'backing off'),
  ];
}

function count(number: number, name: string): string {
  return number === 0 ? '' : `${number} ${name}`;
}

function secondLine(live: LiveSnapshot, now: number, width: number): string {
  const { state } = live;
  const { run, trunk, started_iterations } = state;
  if (!run) return '';
  const most = run.limits.max_iter === null ? '' : ` of ${run.limits.max_iter}`;
  const facts = [
    ` ${run.run_id}`,
    trunk === null || run.trunk === null ? '' : `trunk ${shortSha(trunk)}`,
    most === '' ? formatCount(started_iterations, 'iteration') : `${started_iterations}${most} iterations`,
    screenText(run.runtime),
  ];
  const rate = rateInWords(live, now);
  const right = rate === '' ? '' : `${rate} `;
  return spread(fitting(facts, width - stringWidth(right) - 2), right, width);
}
