/** Exit codes; scripts rely on them. */
export const EXIT_CODES = {
  ok: 0,
  /** A dependency is unavailable, or an unexpected error: it may work later. */
  failed: 1,
  /** Arguments or environment are invalid. */
  usage: 2,
  notFound: 3,
  /** Valid, but not possible in the current state. */
  refused: 4,
} as const;

export type ExitReason = Exclude<keyof typeof EXIT_CODES, 'ok'>;

/** Ends the run with a message that says what is wrong and what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly reason: ExitReason;

  constructor(reason: ExitReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
