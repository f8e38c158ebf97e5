import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { AnswerGate } from './testing/answer-gate.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
let gate: AnswerGate;
beforeEach(async () => {
  harness = await GatewayHarness.create();
  gate = await AnswerGate.open(harness.urls.stripe);
  harness.onClose(() => gate.close());
  harness.startWorker('stripe', {
    urls: { ...harness.urls, stripe: gate.url },
    config: { timeoutMs: 20_000 },
  });
}, 60_000);
afterEach(() => harness.close(), 60_000);

test('a refund that cannot be booked keeps its amount and is shown to a person, until it can be', async () => {
  const [other, paid] = [aCreation('stripe'), aCreation('stripe')];
  for (const create of [other, paid]) {
    await harness.command(create);
    await harness.untilStatus(create.intentId, 'SUCCEEDED');
  }
  await harness.untilWebhooksDelivered();
  harness.desk.hold();
  gate.hold('/v1/refunds');
  await harness.command(commandOn(paid, 'refund', { amount: 1_500n }));
  await until(() => gate.heldCount === 1, { what: 'the refund to be made' });
  const { objects } = await harness.ledger(paid.intentId);
  const refundId = objects[0]?.refunds[0]?.id;
  await harness.rows(
    `INSERT INTO gateway_object_refs (gateway_provider, object_id, payment_intent_id, leg)
     SELECT 'stripe', $1, id, 1 FROM payment_intents WHERE intent_id = $2`,
    [refundId, other.intentId],
  );
  gate.letGo();
  const refund = await until(
    async () =>
      (await harness.attempts(paid.intentId)).find(({ needsReviewSince }) => needsReviewSince !== null),
    { what: 'it to wait for a person' },
  );
  expect(refund).toMatchObject({
    state: 'UNKNOWN',
    lastError: { type: 'EXECUTED', code: 'ANSWER_NOT_BOOKED' },
  });
  await expect(harness.command(commandOn(paid, 'refund', { amount: 500n }))).rejects.toThrow(
    'AMOUNT_EXCEEDS_CAPTURED',
  );
  await harness.untilCounted('gateway_alerts_total', { reason: 'FACTS_REFUSED' });

  await harness.rows('DELETE FROM gateway_object_refs WHERE object_id = $1', [refundId]);
  expect(await harness.untilFinished(paid.intentId)).toContain('1 refund SUCCEEDED');
  expect(await harness.intent(paid.intentId)).toMatchObject({ amountRefunded: 1_500n });
  expect(await harness.ledger(paid.intentId)).toMatchObject({ refundCount: 1, refunded: 1_500 });
  harness.desk.letGo();
});
