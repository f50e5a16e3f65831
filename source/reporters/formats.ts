// Made when it is first needed: its data take some milliseconds of every start.
let compact: Intl.NumberFormat | null = null;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A count of tokens in three digits: `950`, `48.1k`, `182k`, `21.4M`. */
export function formatTokens(count: number): string {
  if (count < 1000 && Number.isInteger(count)) return String(count);
  compact ??= new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });
  return compact.format(count).replace('K', 'k');
}

/** Money in US dollars: `$1.92`; `?` when nothing of it is known, `>$1.92` when only a part is. */
export function formatMoney(usd: number, unknown = false): string {
  const amount = usd > 0 && usd < 0.005 ? '<$0.01' : `$${usd.toFixed(2)}`;
  if (!unknown) return amount;
  return usd > 0 ? `>$${usd.toFixed(2)}` : '?';
}

/** A length of time by its two largest units: `48s`, `4m12s`, `2h04m`, `3d04h`. What is begun does not count. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  const part = (unit: number, of: number): string => String(Math.floor((ms % of) / unit)).padStart(2, '0');
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m${part(SECOND, MINUTE)}s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)}h${part(MINUTE, HOUR)}m`;
  return `${Math.floor(ms / DAY)}d${part(HOUR, DAY)}h`;
}

/** The first seven digits of an object name: to be read, not to be typed into a command. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** The time of day of an ISO date where hew runs: `13:19:07`. */
export function formatClock(at: string): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** An ISO date and its time where hew runs: `2026-11-24 13:19`. */
export function formatDateTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '?';
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A count with its word: `1 file`, `3 files`. The plural is given where an `s` does not make it. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** An amount of bytes in at most three digits: `950 B`, `4.1 kB`, `38 MB`. Powers of 1000, as disks are sold. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const amount = bytes / 1000 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${BYTE_UNITS[power]}`;
}
