import type { RunState } from '../engine/state.js';
import type {
  IterationPlace,
  Transcript,
  TranscriptKind,
  TranscriptSource,
} from '../engine/transcript/transcript.js';
import { formatCount } from '../reporters/formats.js';
import { iterationsOf } from './iterations-of.js';
import { Pager, type ReadingRoom } from './pager.js';
import type { PageCommand } from './reading-command.js';
import { GATE_TURNS, NOTHING_YET } from './reading-kinds.js';
import { FIRST_READING, type ReadingSubject, type ReadingView } from './reading-view.js';

/** What is needed to read. */
export interface ReadingOptions {
  readonly slot: number;
  readonly source: TranscriptSource;
  /** Puts a text into the clipboard; false when it is too long for that. */
  readonly copy: (text: string) => boolean;
  readonly onChange: (view: ReadingView) => void;
}

/**
 * One slot's iterations while they are read on the screen. Commands are done one after the other, since each begins where
 * the one before has led to; a new one ends a search that is under way.
 */
export class Reading implements Disposable {
  readonly #options: ReadingOptions;
  #view: ReadingView;
  #room: ReadingRoom;
  #open: { readonly transcript: Transcript; readonly pager: Pager } | null = null;
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;
  #search = new AbortController();

  constructor(options: ReadingOptions, room: ReadingRoom) {
    this.#options = options;
    this.#room = room;
    this.#view = { ...FIRST_READING, slot: options.slot };
  }

  get view(): ReadingView {
    return this.#view;
  }

  /** Does what a key asks; `state` is the run's at that moment. */
  act(command: PageCommand, state: RunState): void {
    this.#search.abort();
    if (command.type === 'stop') return;
    this.#then(async () => {
      this.#show({ message: null });
      await this.#do(command, iterationsOf(state, this.#options.slot));
    });
  }

  /** Looks whether there is more to read by now, while nothing else is done. */
  poll(state: RunState): void {
    if (this.#waiting === 0) this.#then(() => this.#look(iterationsOf(state, this.#options.slot)));
  }

  /** The screen has another size. */
  fit(room: ReadingRoom): void {
    this.#room = room;
    this.#then(async () => {
      await this.#open?.pager.fit(room);
      this.#show({});
    });
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#search.abort();
    this.#queue(() => this.#close());
  }

  #then(work: () => Promise<void>): void {
    this.#queue(async () => {
      if (!this.#isClosed) await work();
    });
  }

  #queue(work: () => Promise<void>): void {
    this.#waiting += 1;
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) =>
        this.#show({ message: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => (this.#waiting -= 1));
  }

  async #do(
    command: Exclude<PageCommand, { type: 'stop' }>,
    iterations: readonly IterationPlace[],
  ): Promise<void> {
    const { subject, search } = this.#view;
    if (command.type === 'gate') return this.#turnTo(GATE_TURNS[subject?.kind ?? 'agent'], iterations);
    if (command.type === 'diff')
      return this.#turnTo([subject?.kind === 'diff' ? 'agent' : 'diff'], iterations);
    if (command.type === 'iteration') return this.#step(command.step, iterations);
    const pager = this.#open?.pager;
    if (!pager) return this.#show({ message: 'there is nothing to read yet' });
    switch (command.type) {
      case 'move':
        await pager.move({ move: command.rows });
        return this.#show({ follows: this.#view.follows && command.rows > 0 });
      case 'page':
        await pager.turn(command.pages);
        return this.#show({ follows: this.#view.follows && command.pages > 0 });
      case 'begin':
        await pager.toBegin();
        return this.#show({ follows: false });
      case 'end':
        await pager.toEnd();
        return this.#show({});
      case 'follow':
        return this.#follow(pager, !this.#view.follows);
      case 'fold': {
        const message = (await pager.fold()) ? null : 'nothing is folded here: + marks what is';
        return this.#show({ message, follows: false });
      }
      case 'search':
        return this.#find(pager, command.text, this.#view.follows ? 'backwards' : 'forwards', true);
      case 'again':
        if (search === null) return this.#show({ message: 'nothing was searched yet: / searches' });
        return this.#find(pager, search, command.direction, false);
      case 'copy':
        return this.#copy(await pager.text(command.what));
    }
  }

  async #follow(pager: Pager, follows: boolean): Promise<void> {
    if (follows) await pager.toEnd();
    this.#show({ follows, message: follows ? 'new lines stay in sight' : 'the page stays where it is' });
  }

  async #find(
    pager: Pager,
    text: string,
    direction: 'forwards' | 'backwards',
    isNew: boolean,
  ): Promise<void> {
    this.#search = new AbortController();
    this.#show({ search: text, searching: 0, follows: false });
    const { signal } = this.#search;
    try {
      const found = await pager.find(
        text,
        direction,
        isNew,
        (searching) => this.#show({ searching }),
        signal,
      );
      const beyond = direction === 'forwards' ? 'found from the beginning on' : 'found from the end back';
      const message = { found: null, found_beyond: beyond, missing: `${text} is nowhere here` }[found];
      this.#show({ searching: null, message });
    } catch (error) {
      if (!signal.aborted) throw error;
      this.#show({ message: 'the search was given up' });
    } finally {
      this.#show({ searching: null });
    }
  }

  #copy(lines: readonly string[]): void {
    const count = formatCount(lines.length, 'line');
    const isCopied = this.#options.copy(lines.join('\n'));
    this.#show({
      message: isCopied
        ? `${count} sent to the clipboard, if this terminal lets programs write to it`
        : `${count} are more than a clipboard takes from a terminal: C copies what is on the screen`,
    });
  }

  /** What is written meanwhile, and the iteration that comes next, where the newest is followed. */
  async #look(iterations: readonly IterationPlace[]): Promise<void> {
    const { subject, follows } = this.#view;
    const isNewest = subject === null || (subject.kind === 'agent' && subject.number === subject.of);
    if (!this.#open || (follows && isNewest && iterations.length > (subject?.of ?? 0))) {
      await this.#read(iterations.length, 'agent', iterations);
      return;
    }
    if (!(await this.#open.pager.hasChanged())) return;
    if (follows) await this.#open.pager.toEnd();
    else await this.#open.pager.move({});
    this.#show({});
  }

  /** Opens the first of these that there is, of the same iteration. */
  async #turnTo(kinds: readonly TranscriptKind[], iterations: readonly IterationPlace[]): Promise<void> {
    const number = this.#view.subject?.number ?? iterations.length;
    for (const kind of kinds) if (await this.#read(number, kind, iterations)) return;
  }

  async #step(step: 1 | -1, iterations: readonly IterationPlace[]): Promise<void> {
    const number = (this.#view.subject?.number ?? iterations.length) + step;
    if (number < 1) return this.#show({ message: 'this is the first iteration of the slot' });
    if (number > iterations.length)
      return this.#show({ message: 'this is the newest iteration of the slot' });
    await this.#read(number, 'agent', iterations);
  }

  /** Begins to read; false, with the reason as the message, when there is nothing. */
  async #read(number: number, kind: TranscriptKind, iterations: readonly IterationPlace[]): Promise<boolean> {
    const place = iterations[number - 1];
    if (!place) {
      this.#show({ message: `slot ${this.#options.slot} has begun no iteration yet` });
      return false;
    }
    if (kind === 'diff') this.#show({ message: 'git compares the files …' });
    const answer = await this.#options.source.open({ ...place, kind });
    if (answer.kind === 'missing') {
      this.#show({ message: answer.why });
      return false;
    }
    await this.#close();
    const { transcript, about } = answer;
    const pager = new Pager(transcript, this.#room);
    this.#open = { transcript, pager };
    const subject: ReadingSubject = { ...place, kind, number, of: iterations.length, about };
    const follows = kind !== 'diff' && number === iterations.length;
    if (kind === 'diff') await pager.toBegin();
    else await pager.toEnd();
    this.#show({ subject, follows, message: pager.size === 0 ? NOTHING_YET[kind] : null });
    return true;
  }

  async #close(): Promise<void> {
    const { transcript } = this.#open ?? {};
    this.#open = null;
    await transcript?.[Symbol.asyncDispose]();
  }

  #show(changes: Partial<ReadingView>): void {
    const pager = this.#open?.pager;
    const { size = 0 } = pager ?? {};
    this.#view = { ...this.#view, ...(pager ? { ...pager.page, size } : {}), ...changes };
    if (!this.#isClosed) this.#options.onChange(this.#view);
  }
}
