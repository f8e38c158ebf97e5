import type { CreateCommand, Ending, IntentId } from '@payments/domain';
import { awaitsConfirmation, checkout, type TestGateway } from './attempts.js';
import type { TestLedger } from './deliveries.js';

/** The stored intent, with the number of open requests to its gateway. */
export async function intentRow(
  ledger: TestLedger,
  intentId: IntentId,
): Promise<Record<string, unknown> | undefined> {
  const [row] = await ledger.rows(
    `SELECT status, version::int, current_leg, last_error, (SELECT count(*)::int FROM gateway_requests request
       WHERE request.payment_intent_id = intent.id AND answered_at IS NULL) AS open
     FROM payment_intents intent WHERE intent_id = $1`,
    [intentId],
  );
  return row;
}

/** The intent's events in the outbox, in order. */
export function eventsInOutbox(ledger: TestLedger, intentId: IntentId): Promise<Record<string, unknown>[]> {
  return ledger.rows(
    `SELECT version::int, payload->>'type' AS type FROM outbox
     WHERE key = $1 AND topic = 'payment.intent.events' ORDER BY id`,
    [intentId],
  );
}

export function failedWith(state: Exclude<Ending['state'], 'SUCCEEDED'>, code: string): Ending {
  const error = { type: 'INVALID_REQUEST', code, message: 'as the gateway says' };
  return { state, error, isPointless: false, failOver: null };
}

/** A checkout whose create call is answered: its confirmation is due. */
export async function openedCheckout(
  gateway: TestGateway,
  over: Partial<CreateCommand> = {},
): Promise<CreateCommand> {
  const create = checkout(over);
  await gateway.command(create);
  const { provider } = create;
  const facts = [awaitsConfirmation('pi_1', provider)];
  await gateway.end(await gateway.send(await gateway.leaseOne(provider)), { facts });
  return create;
}
