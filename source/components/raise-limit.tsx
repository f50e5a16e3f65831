import type { ReactElement } from 'react';
import { type LiveSnapshot, spendingNow } from '../engine/live-view.js';
import type { LimitName } from '../engine/raise-limits.js';
import { type LimitUse, limitUses } from '../engine/stop.js';
import { usedFacts } from '../engine/used-facts.js';
import { formatDuration, formatMoney, formatTokens } from '../reporters/formats.js';
import { bar } from '../reporters/sparkline.js';
import { limitInWords } from '../reporters/words.js';
import { Dialog } from './dialog.js';
import type { Rectangle } from './layout.js';
import type { LimitDraft } from './press-limit-key.js';

interface RaiseLimitProps {
  readonly draft: LimitDraft;
  readonly live: LiveSnapshot;
  readonly footer: Rectangle;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const BAR_WIDTH = 10;

/** The limits of the run with what is used of them, and the line in which a higher one is typed. */
export function RaiseLimit({ draft, live, footer, now }: RaiseLimitProps): ReactElement {
  const { state } = live;
  const uses = state.run ? limitUses(usedFacts(state, now, spendingNow(live)), state.run.limits) : [];
  const lines = [
    ...uses.map((use) => limitLine(use, use.name === draft.name)),
    '',
    `new limit: ${draft.text}_   ${HINTS[draft.name]}`,
    `${uses.length > 1 ? 'Tab  another      ' : ''}Enter  raise it      Esc  leave it`,
  ];
  return <Dialog title="Raise a limit of the run" lines={lines} footer={footer} />;
}

const HINTS: Readonly<Record<LimitName, string>> = {
  budget_tokens: 'in tokens, such as 3000000',
  budget_cost: 'in dollars, such as 20 or 5.50',
  budget_wall_ms: 'from the start of the run, such as 90m or 8h',
  max_iter: 'in iterations, such as 40',
};

function limitLine({ reason, name, used, limit, share }: LimitUse, selected: boolean): string {
  const amount = `${amountInWords(name, used)} of ${amountInWords(name, limit)}`;
  const percent = `${Math.floor(share * 100)}%`;
  return `${selected ? '▶' : ' '} ${limitInWords(reason).padEnd(14)}${amount.padEnd(22)}${bar(share, BAR_WIDTH)} ${percent.padStart(5)}`;
}

function amountInWords(name: LimitName, value: number): string {
  switch (name) {
    case 'budget_tokens':
      return formatTokens(value);
    case 'budget_cost':
      return formatMoney(value);
    case 'budget_wall_ms':
      return formatDuration(value);
    case 'max_iter':
      return String(value);
  }
}
