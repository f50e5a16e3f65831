/** One of a run's files cannot be read or written. The message names the file, the field where one is wrong, and why. */
export class RunFileError extends Error {
  override readonly name = 'RunFileError';
  readonly path: string;
  /** The field in dots (`workers.0.id`); null when the whole file is at fault. */
  readonly field: string | null;

  constructor(path: string, field: string | null, message: string, options?: { readonly cause?: unknown }) {
    super(`${path}${field === null ? '' : `, field ${field}`}: ${message}`, options);
    this.path = path;
    this.field = field;
  }
}
