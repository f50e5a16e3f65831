import type { ScreenData } from '../components/screen-data.js';
import type { EventStream } from '../engine/event-stream.js';
import type { EngineEvent } from '../engine/events.js';
import { LiveView } from '../engine/live-view.js';
import type { RunState } from '../engine/state.js';
import { summarise } from '../engine/summary.js';
import { News } from '../reporters/news.js';
import { summaryText } from '../reporters/summary-text.js';

/** What the screen pulls of a run. */
export class RunFeed {
  readonly #view = new LiveView();
  readonly #news = new News();
  readonly #freeDisk: () => number | null;
  #ended = false;
  #summary: { readonly columns: number; readonly text: string } | null = null;
  #data: ScreenData | null = null;

  /** `freeDisk` tells how many bytes are free on the run's disk, where that is known. */
  constructor(freeDisk: () => number | null = () => null) {
    this.#freeDisk = freeDisk;
  }

  /** Takes part in the run's events from now on. */
  listen(events: EventStream): void {
    events.subscribe((event, state) => this.take(event, state));
  }

  /** Takes in one event with the state after it. */
  take(event: EngineEvent, state: RunState): void {
    this.#view.take(event, state);
    this.#news.take(event, state);
  }

  /** Nothing of the run goes on any more: its summary is to be shown. */
  end(): void {
    this.#ended = true;
  }

  /** The run as its last event has left it. */
  get state(): RunState {
    return this.#view.state;
  }

  /** The last plain lines. */
  get news(): readonly string[] {
    return this.#news.lines;
  }

  /** What there is to draw on a screen of so many columns; the same object as before while nothing has changed. */
  readonly pull = (columns: number): ScreenData => {
    const data = {
      live: this.#view.snapshot(),
      news: this.#news.lines,
      summary: this.#ended ? this.#summaryIn(columns) : null,
      free_disk_bytes: this.#freeDisk(),
      now: Math.floor(Date.now() / 1000) * 1000,
    };
    const before = this.#data;
    if (
      before?.live !== data.live ||
      before.news !== data.news ||
      before.summary !== data.summary ||
      before.free_disk_bytes !== data.free_disk_bytes ||
      before.now !== data.now
    ) {
      this.#data = data;
      return data;
    }
    return before;
  };

  #summaryIn(columns: number): string {
    if (this.#summary?.columns !== columns) {
      const { state } = this.#view.snapshot();
      this.#summary = { columns, text: summaryText(summarise(state, new Date()), { columns }) };
    }
    return this.#summary.text;
  }
}
