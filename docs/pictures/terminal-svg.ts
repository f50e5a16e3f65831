import type { IBufferCell, Terminal } from '@xterm/headless';

const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const BACKGROUND = '#16181d';
const FOREGROUND = '#d5d8de';
/** The sixteen colours of a terminal, as a dark theme has them. */
const PALETTE = [
  '#2a2d34',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#c8ccd4',
  '#7f848e',
  '#e88388',
  '#a9d18e',
  '#ecd09a',
  '#7cc0f4',
  '#d28fe3',
  '#74c7d1',
  '#ffffff',
];

/** Cells side by side that look alike. */
interface Run {
  readonly column: number;
  readonly cells: number;
  readonly text: string;
  readonly style: string;
  readonly inverse: boolean;
}

/** Draws what a terminal shows as a picture. */
export function svgOf(terminal: Terminal): string {
  const { active } = terminal.buffer;
  const rows = Array.from({ length: terminal.rows }, (_, row) => runsOf(terminal, active.viewportY + row));
  const width = terminal.cols * CELL.width + 2 * MARGIN;
  const height = terminal.rows * CELL.height + 2 * MARGIN;
  const drawn = rows.flatMap((runs, row) => runs.flatMap((run) => drawRun(run, row)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="${FOREGROUND}" xml:space="preserve">
${drawn.join('\n')}
</g>
</svg>
`;
}

function runsOf(terminal: Terminal, line: number): Run[] {
  const buffered = terminal.buffer.active.getLine(line);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = buffered?.getCell(column);
    if (!cell || cell.getWidth() === 0) continue;
    const text = cell.getChars() || ' ';
    const [style, inverse] = [styleOf(cell), cell.isInverse() !== 0];
    const last = runs.at(-1);
    if (last && last.style === style && last.inverse === inverse) {
      runs[runs.length - 1] = { ...last, text: last.text + text, cells: last.cells + cell.getWidth() };
    } else runs.push({ column, cells: cell.getWidth(), text, style, inverse });
  }
  return runs.filter((run) => run.inverse || run.text.trim() !== '');
}

function styleOf(cell: IBufferCell): string {
  const fill = cell.isInverse() ? BACKGROUND : colourOf(cell);
  return [
    fill === null ? '' : ` fill="${fill}"`,
    cell.isBold() ? ' font-weight="700"' : '',
    cell.isDim() ? ' opacity="0.62"' : '',
  ].join('');
}

function colourOf(cell: IBufferCell): string | null {
  if (cell.isFgRGB()) return `#${cell.getFgColor().toString(16).padStart(6, '0')}`;
  return cell.isFgPalette() ? (PALETTE[cell.getFgColor()] ?? null) : null;
}

function drawRun(run: Run, row: number): string[] {
  const x = (MARGIN + run.column * CELL.width).toFixed(1);
  const top = MARGIN + row * CELL.height;
  const width = (run.cells * CELL.width).toFixed(1);
  const box = `<rect x="${x}" y="${top}" width="${width}" height="${CELL.height}" fill="${FOREGROUND}"/>`;
  const text = run.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const words = `<text x="${x}" y="${top + 13.5}" textLength="${width}"${run.style}>${text}</text>`;
  return run.inverse ? [box, words] : [words];
}
