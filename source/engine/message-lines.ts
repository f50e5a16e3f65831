import { StringDecoder } from 'node:string_decoder';

/** Cuts what comes over a socket into lines, of which none may be longer than so many characters. */
export class MessageLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #longest: number;
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(longest: number, onLine: (line: string) => void) {
    this.#longest = longest;
    this.#onLine = onLine;
  }

  /** Takes the next bytes; false when a line is too long: nothing more can be understood. */
  take(chunk: Buffer): boolean {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.length > this.#longest) return false;
      this.#onLine(line);
    }
    return this.#rest.length <= this.#longest;
  }
}
