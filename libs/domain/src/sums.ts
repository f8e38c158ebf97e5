/** An intent's money in minor units of its currency. Never negative. */
export interface Sums {
  /** Ever held for us and not voided; a capture does not lower it. */
  readonly amountAuthorized: bigint;
  /** Every capture, those of a duplicate charge included: it is real money, and has to be given back. */
  readonly amountCaptured: bigint;
  /** Refunds that succeeded, at most what was captured of what they refund. */
  readonly amountRefunded: bigint;
  /** Refunds under way, at most what then remains of the captures. */
  readonly amountRefundPending: bigint;
  /** In a dispute that is open or lost. May exceed the captures: gateways dispute in their own way. */
  readonly amountDisputed: bigint;
}

export const NO_MONEY: Sums = {
  amountAuthorized: 0n,
  amountCaptured: 0n,
  amountRefunded: 0n,
  amountRefundPending: 0n,
  amountDisputed: 0n,
};

/** The sums alone, of anything that carries them. */
export function sumsIn(carrier: Sums): Sums {
  const { amountAuthorized, amountCaptured, amountRefunded, amountRefundPending, amountDisputed } = carrier;
  return { amountAuthorized, amountCaptured, amountRefunded, amountRefundPending, amountDisputed };
}
