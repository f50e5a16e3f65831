/** A program that a person wants in a worker's worktree. */
export interface Visit {
  readonly program: 'editor' | 'shell';
  readonly worker: number;
  readonly path: string;
}

/** Takes the screen from the terminal while `work` goes on, and draws it anew after. */
export type Suspend = (work: () => Promise<void>) => Promise<void>;

/** What lets a person into a worktree. */
export interface VisitPort {
  /** The person has named an editor. */
  readonly hasEditor: boolean;
  /** Gives the terminal to the program and resolves, when the screen has it again, with what is to be said of it. */
  readonly open: (visit: Visit, suspend: Suspend) => Promise<string>;
}
