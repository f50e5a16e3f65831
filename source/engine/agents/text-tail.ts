/**
 * The last lines of a text that may never end: at least the last `maxLength` UTF-16 units of it as far as there are
 * as many, and never more than twice that.
 */
export class TextTail {
  readonly #maxLength: number;
  #lines: string[] = [];
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Adds a text that ends a line; of one that is too long only the end is kept. */
  add(text: string): void {
    // A copy, since a slice would keep the memory of the whole text that it was taken from.
    const kept = text.length <= this.#maxLength ? text : Buffer.from(text.slice(-this.#maxLength)).toString();
    this.#lines.push(kept);
    this.#length += kept.length + 1;
    // Seldom, and then much at once: to shift a long array for each line would cost too much.
    if (this.#length > 2 * this.#maxLength) this.#drop();
  }

  /** Forgets everything. */
  clear(): void {
    this.#lines = [];
    this.#length = 0;
  }

  /** What is kept, without a final line feed. */
  get text(): string {
    return this.#lines.join('\n');
  }

  #drop(): void {
    let first = 0;
    for (; this.#length > this.#maxLength && first < this.#lines.length - 1; first += 1) {
      this.#length -= (this.#lines[first]?.length ?? 0) + 1;
    }
    this.#lines = this.#lines.slice(first);
  }
}
