const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Numbers as bars, the largest one the highest; nothing where all are zero. Pure. */
export function sparkline(numbers: readonly number[]): string {
  const most = Math.max(0, ...numbers);
  if (most === 0) return '';
  return numbers.map((number) => BARS[Math.ceil((number / most) * (BARS.length - 1))] ?? BARS[0]).join('');
}

/** A share from 0 to 1 as a bar of so many columns; what is begun is not yet full. Pure. */
export function bar(share: number, width: number): string {
  const full = Math.max(0, Math.min(width, Math.floor(share * width)));
  return '█'.repeat(full) + '░'.repeat(width - full);
}
