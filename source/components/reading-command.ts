/** What a key asks of the page that is read. */
export type PageCommand =
  | { readonly type: 'move'; readonly rows: number }
  | { readonly type: 'page'; readonly pages: number }
  | { readonly type: 'begin' }
  | { readonly type: 'end' }
  | { readonly type: 'follow' }
  | { readonly type: 'fold' }
  | { readonly type: 'gate' }
  | { readonly type: 'diff' }
  /** One iteration of the slot back, or on. */
  | { readonly type: 'iteration'; readonly step: 1 | -1 }
  | { readonly type: 'search'; readonly text: string }
  | { readonly type: 'again'; readonly direction: 'forwards' | 'backwards' }
  | { readonly type: 'copy'; readonly what: 'part' | 'page' }
  /** A search is given up. */
  | { readonly type: 'stop' };

/** What a key asks of what is read. */
export type ReadingCommand =
  | PageCommand
  /** Begins with what this slot does now, or has done last. */
  | { readonly type: 'open'; readonly slot: number }
  | { readonly type: 'leave' };
