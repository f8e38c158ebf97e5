import { type Attempt, effectOfRefusal, type Payment } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { outboxShardOf } from '../outbox/append-outbox.js';
import type { PaymentChange } from '../payments/payment-change.js';
import { savePayments } from '../payments/save-payments.js';
import { changeByEvent } from './change-by-event.js';
import type { Settled } from './settle.js';

/** An attempt that its gateway refused for now, and its payment, as `loadSubjects` locked it. */
export interface RefusedAttempt {
  readonly attempt: Attempt;
  readonly payment: Payment;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Writes the events of refusals (see `effectOfRefusal`), in the transaction that postpones the attempts.
 *
 * @param refused of different payments
 * @returns one for each, in order
 */
export async function tellRefused(em: EntityManager, refused: readonly RefusedAttempt[]): Promise<Settled[]> {
  const changes = refused.map(changesBy);
  const told = changes.flat();
  if (told.length > 0) await savePayments(em, told);
  return changes.map((ofOne) => ({
    changes: ofOne,
    outboxShards: new Set(ofOne.map(({ folded }) => outboxShardOf(folded.payment.intent.id))),
  }));
}

function changesBy({ attempt, payment: before, now }: RefusedAttempt): PaymentChange[] {
  const { payment, event } = effectOfRefusal(before, attempt, now);
  if (event === null) return [];
  return [
    changeByEvent({ payment: before, transactionIds: new Map() }, { payment, event, abandonedLegs: [] }),
  ];
}
