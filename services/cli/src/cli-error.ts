/** How a run ends; scripts rely on it. */
export const EXIT_CODES = {
  ok: 0,
  /** A dependency is away, or something unexpected: it may work later. */
  failed: 1,
  /** Arguments or environment are wrong. */
  usage: 2,
  notFound: 3,
  /** Asked for rightly, and not possible as things are. */
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
