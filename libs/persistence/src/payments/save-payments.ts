import type { IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { wakeHeld } from '../attempts/wake-attempts.js';
import { appendOutbox, type OutboxRow } from '../outbox/append-outbox.js';
import { pipelined } from '../statements/pipelined.js';
import { insertTransactions } from './insert-transactions.js';
import type { PaymentChange } from './payment-change.js';
import { updateIntents } from './update-intents.js';
import { updateLegs } from './update-legs.js';
import { updateLiveKeys } from './update-live-keys.js';
import { updateTransactions } from './update-transactions.js';

/** Topic of intent events; must match the topic catalogue. */
export const INTENT_EVENTS_TOPIC = 'payment.intent.events';

/**
 * Writes the decided changes of payments that `loadPaymentsForUpdate` locked: intents, keys, legs, transactions and
 * events, each table in one statement.
 *
 * @param alongside further records; those of the same version of an intent come after its event
 * @returns the outbox shards with new rows: wake the relay for them after the commit
 * @throws VersionConflictError after a conflict with another transaction: roll back and retry
 */
export async function savePayments(
  em: EntityManager,
  changes: readonly PaymentChange[],
  alongside: readonly OutboxRow[] = [],
): Promise<ReadonlySet<number>> {
  const [shards] = await pipelined([
    appendOutbox(em, [...eventsOf(changes), ...alongside]),
    updateIntents(em, changes),
    updateLegs(em, changes),
    insertTransactions(em, changes),
    updateTransactions(em, changes),
    wakeHeld(em, approvedIn(changes)),
    updateLiveKeys(em, changes),
  ]);
  return shards;
}

function eventsOf(changes: readonly PaymentChange[]): OutboxRow[] {
  return changes.flatMap(({ folded, headers }) => {
    const { id, intentId } = folded.payment.intent;
    return folded.events.map(
      (event): OutboxRow => ({
        paymentIntentId: id,
        intentId,
        topic: INTENT_EVENTS_TOPIC,
        version: event.version,
        payload: event,
        headers: headers.get(event.version) ?? {},
      }),
    );
  });
}

/** Payments whose payer has approved: the attempts that waited for it can be sent. */
function approvedIn(changes: readonly PaymentChange[]): IntentRowId[] {
  return changes
    .filter(({ folded }) => folded.events.some(({ type }) => type === 'approved'))
    .map(({ folded }) => folded.payment.intent.id);
}
