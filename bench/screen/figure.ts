/** One line of the table: what was measured, what it should be at most, and what it is. */
export interface Figure {
  readonly what: string;
  /** Null where there is no goal: it is only told. */
  readonly goal: number | null;
  readonly figure: number;
  readonly unit: string;
}

/** A part of the benchmark, chosen by its name. */
export interface Part {
  readonly name: string;
  readonly about: string;
  measure(): Promise<readonly Figure[]>;
}

/** The figures below each other. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, goal, figure, unit }) => {
    const missed = goal !== null && figure > goal;
    return [
      what,
      goal === null ? '-' : `<= ${goal} ${unit}`,
      `${format(figure)} ${unit}`,
      missed ? 'MISSED' : '',
    ];
  });
  const all = [['what', 'goal', 'figure', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function format(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toFixed(figure >= 10 ? 1 : 2);
}
