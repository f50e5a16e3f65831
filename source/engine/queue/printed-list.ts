import { z } from 'zod';
import { bdPayload } from './bd-answer.js';

const listSchema = z.array(z.unknown());

/**
 * Reads lists that bd prints again and again, and remembers the last one: most refreshes find nothing changed, the others a
 * few items, and parsing thousands of them is their whole cost.
 */
export class PrintedList<Item> {
  readonly #parse: (value: unknown) => Item;
  #last: { readonly stdout: string; readonly items: readonly Item[] } | null = null;
  /** The items of the last list, each by the fields that bd printed of it. */
  #known: ReadonlyMap<string, Item> = new Map();

  /** `parse` reads one item, and throws where it is none. */
  constructor(parse: (value: unknown) => Item) {
    this.#parse = parse;
  }

  /** The items that bd printed: the same array as before for the same text. Throws a ZodError or SyntaxError when they are none. */
  read(stdout: string): readonly Item[] {
    if (this.#last?.stdout !== stdout) this.#last = { stdout, items: this.#items(stdout) };
    return this.#last.items;
  }

  #items(stdout: string): readonly Item[] {
    const printed = printedFields(stdout);
    if (printed === null) return listSchema.parse(bdPayload(stdout)).map((value) => this.#parse(value));
    const read = new Map<string, Item>();
    const items = printed.map((fields) => {
      const item = this.#known.get(fields) ?? this.#parse(JSON.parse(`{${fields}}`));
      read.set(fields, item);
      return item;
    });
    this.#known = read;
    return items;
  }
}

/** Where bd's list begins, bare or in an envelope, and how far each item is indented. */
const HEAD = /^(?:\{\s*"(?:data|items)": )?\[\n(?<indent> +)\{\n/;

/**
 * The fields of each item, as text, of a list that is printed with indentation, as bd 1.3 prints it; null for any other
 * answer. Within a string JSON has no bare end of a line, so that none can be taken for one between two items. Pure.
 */
function printedFields(stdout: string): readonly string[] | null {
  const head = HEAD.exec(stdout);
  const indent = head?.groups?.['indent'];
  if (!head || indent === undefined) return null;
  const [opening, closing] = [`${indent}{\n`, `\n${indent}}`];
  const begin = head[0].length;
  const end = stdout.indexOf(`${closing}\n${indent.slice(2)}]`, begin);
  if (end < 0) return null;
  const around = stdout.slice(0, begin - opening.length) + stdout.slice(end + closing.length);
  return isEmptyList(around) ? stdout.slice(begin, end).split(`${closing},\n${opening}`) : null;
}

function isEmptyList(text: string): boolean {
  const payload = bdPayload(text);
  return Array.isArray(payload) && payload.length === 0;
}
