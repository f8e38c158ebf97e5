import type { Payment } from '../payment.js';
import type { Sums } from '../sums.js';
import { least, Tally } from '../tally.js';
import type { CommandedPayment } from './gateway-request.js';

/** The money of a single leg. */
export function sumsOfLeg({ intent, transactions }: Payment, leg: number): Sums {
  const tally = new Tally(intent.currency);
  for (const transaction of transactions.values()) {
    if (transaction.leg === leg) tally.replace(null, transaction);
  }
  return tally.sums();
}

/** What a leg can still give back. */
export interface RefundRoom {
  readonly leg: number;
  /** Captured, and neither refunded, nor under way, nor asked for. More than zero. */
  readonly room: bigint;
}

/**
 * Where captured money is left to refund, the current leg first. A refund that was asked for keeps its amount until
 * its gateway has answered; one that the gateway reports before its answer is counted twice meanwhile, which can
 * refuse a refund for a moment and never allows one too many.
 */
export function refundRooms(payment: CommandedPayment): RefundRoom[] {
  const { intent, legs, requests } = payment;
  const isCurrent = ({ leg }: { readonly leg: number }): number => Number(leg === intent.currentLeg);
  return legs
    .toSorted((a, b) => isCurrent(b) - isCurrent(a))
    .map(({ leg }) => {
      const { amountCaptured, amountRefunded, amountRefundPending } = sumsOfLeg(payment, leg);
      const asked = requests
        .filter((request) => request.operation === 'refund' && request.leg === leg)
        .reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
      return { leg, room: amountCaptured - amountRefunded - amountRefundPending - asked };
    })
    .filter(({ room }) => room > 0n);
}

/** `amount` taken out of the rooms in their order, by leg; undefined if they do not hold so much. */
export function takeFrom(
  rooms: readonly RefundRoom[],
  amount: bigint,
): ReadonlyMap<number, bigint> | undefined {
  const taken = new Map<number, bigint>();
  let left = amount;
  for (const { leg, room } of rooms) {
    if (left === 0n) break;
    const share = least(room, left);
    taken.set(leg, share);
    left -= share;
  }
  return left === 0n ? taken : undefined;
}
