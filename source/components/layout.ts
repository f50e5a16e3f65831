/** Columns and rows of the screen, counted from its top left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a slot is drawn. */
export interface SlotPlace extends Rectangle {
  readonly slot: number;
}

/** Where everything is on the screen. */
export interface Layout {
  readonly header: Rectangle;
  /** `panes`: each slot has one. `rows`: each slot has a line of a table. */
  readonly mode: 'panes' | 'rows';
  /** The table's heading; null with panes, and where there is no room for one. */
  readonly heading: Rectangle | null;
  readonly slots: readonly SlotPlace[];
  /** Panes below the table, the selected slot's among them, as many as there is room for; none with panes. */
  readonly tails: readonly SlotPlace[];
  readonly footer: Rectangle;
}

/** What a layout is made for. */
export interface LayoutRequest {
  readonly columns: number;
  readonly rows: number;
  /** How many slots there are; they are numbered from 1. */
  readonly slots: number;
  readonly selected: number;
}

/** Below this a pane shows less than a row. */
const LEAST_WIDTH = 48;
const LEAST_HEIGHT = 5;
/** A pane that is not selected may be this small, so that the selected one can grow. */
const LEAST_OTHER_HEIGHT = 4;
/** With so many lines a pane shows enough: there is no need for a narrower one that is taller. */
const COMFORTABLE_HEIGHT = 15;
/** With so many lines each, no pane need grow at the cost of the others. */
const EVEN_HEIGHT = 10;
/** Blank columns between panes that stand side by side. */
const GAP = 2;

/** Divides the screen. From 80×24 up every slot is on it; on smaller ones at least those around the selected. Pure. */
export function layOut({ columns, rows, slots, selected }: LayoutRequest): Layout {
  const width = Math.max(1, columns);
  const headerHeight = width >= 100 && rows >= 30 ? 2 : 1;
  const footerHeight = rows >= 40 ? 4 : rows >= 10 ? 2 : 1;
  const body = Math.max(0, rows - headerHeight - footerHeight);
  const header = { x: 0, y: 0, width, height: headerHeight };
  const footer = { x: 0, y: Math.max(0, rows - footerHeight), width, height: footerHeight };
  const area = { x: 0, y: headerHeight, width, height: body };
  const across = panesAcross(area, slots);
  return across === null
    ? { header, footer, mode: 'rows', ...tableOf(area, slots, selected) }
    : {
        header,
        footer,
        mode: 'panes',
        heading: null,
        tails: [],
        slots: panesOf(area, slots, selected, across),
      };
}

/** How many panes stand side by side: as few as give each a comfortable height; null when none would be tall enough. */
function panesAcross(area: Rectangle, slots: number): number | null {
  const most = Math.max(1, Math.floor((area.width + GAP) / (LEAST_WIDTH + GAP)));
  const heightWith = (across: number): number => Math.floor(area.height / Math.ceil(slots / across));
  const choices = Array.from({ length: Math.min(most, slots) }, (_, index) => index + 1);
  const comfortable = choices.find((across) => heightWith(across) >= COMFORTABLE_HEIGHT);
  if (comfortable !== undefined) return comfortable;
  const tallest = choices.reduce(
    (best, across) => (heightWith(across) > heightWith(best) ? across : best),
    1,
  );
  return heightWith(tallest) >= LEAST_HEIGHT ? tallest : null;
}

function panesOf(area: Rectangle, slots: number, selected: number, across: number): readonly SlotPlace[] {
  const lines = Math.ceil(slots / across);
  const heights = lineHeights(area.height, lines, Math.floor((selected - 1) / across));
  return heights.flatMap((height, line) => {
    const first = line * across + 1;
    const count = Math.min(across, slots - first + 1);
    const y = area.y + heights.slice(0, line).reduce((sum, each) => sum + each, 0);
    const width = Math.floor((area.width - GAP * (count - 1)) / count);
    return Array.from({ length: count }, (_, index) => ({
      slot: first + index,
      x: area.x + index * (width + GAP),
      y,
      width: index === count - 1 ? area.width - index * (width + GAP) : width,
      height,
    }));
  });
}

/** All the same where that is comfortable; else the line of the selected pane gets more than the others. */
function lineHeights(height: number, lines: number, selected: number): readonly number[] {
  const share = Math.floor(height / lines);
  if (share >= EVEN_HEIGHT) {
    return Array.from({ length: lines }, (_, index) => share + (index < height % lines ? 1 : 0));
  }
  const other = Math.max(LEAST_OTHER_HEIGHT, Math.floor(share * 0.6));
  return Array.from({ length: lines }, (_, index) =>
    index === selected ? height - other * (lines - 1) : other,
  );
}

function tableOf(
  area: Rectangle,
  slots: number,
  selected: number,
): Pick<Layout, 'heading' | 'slots' | 'tails'> {
  const hasHeading = area.height > slots;
  const top = area.y + (hasHeading ? 1 : 0);
  const shown = Math.min(slots, Math.max(0, area.height - (hasHeading ? 1 : 0)));
  const first = Math.max(1, Math.min(selected - Math.floor(shown / 2), slots - shown + 1));
  const line = { x: area.x, width: area.width, height: 1 };
  const y = top + shown;
  return {
    heading: hasHeading ? { ...line, y: area.y } : null,
    slots: Array.from({ length: shown }, (_, index) => ({ ...line, slot: first + index, y: top + index })),
    tails: tailsOf({ ...area, y, height: area.y + area.height - y }, slots, selected),
  };
}

/** Panes of neighbouring slots: the same ones while the selection moves among them. */
function tailsOf(area: Rectangle, slots: number, selected: number): readonly SlotPlace[] {
  if (area.height < 2) return [];
  const most = Math.max(1, Math.floor((area.width + GAP) / (LEAST_WIDTH + GAP)));
  const lines = Math.floor(area.height / LEAST_HEIGHT);
  const across = lines === 0 ? 1 : Math.min(most, slots);
  const count = Math.min(slots, across * Math.max(1, lines));
  const first = Math.min(Math.floor((selected - 1) / count) * count, slots - count);
  const panes = panesOf(area, count, selected - first, across);
  return panes.map((place) => ({ ...place, slot: place.slot + first }));
}
