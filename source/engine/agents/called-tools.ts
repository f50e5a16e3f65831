import { plainLine } from '../plain-line.js';

const MOST_NAMES = 200;
/** More calls than these are not open at once, so that an older one is not told again. */
const MOST_IDS = 1000;

/** The tools that an agent has called, each call once however often it is told. */
export class CalledTools {
  readonly #names: string[] = [];
  readonly #ids = new Set<string>();

  /** The names in order; the first 200. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Whether the call was not known yet; one without an id never is. */
  add(id: string, name: string): boolean {
    if (id !== '' && this.#ids.has(id)) return false;
    if (this.#names.length < MOST_NAMES) this.#names.push(plainLine(name, 100));
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (oldest !== undefined && this.#ids.size > MOST_IDS) this.#ids.delete(oldest);
    return true;
  }
}
