/** Something that keeps a verb from doing its work at all: bad usage, an unreadable input, nothing that matches. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What to do next. */
  readonly hint: string | null;

  constructor(message: string, hint: string | null = null, options: ErrorOptions = {}) {
    super(message, options);
    this.hint = hint;
  }
}
