import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fact } from '@payments/domain';
import { SUBJECTS } from '../../testing/conformance/subjects.js';
import { TestGateways } from '../../testing/conformance/test-gateways.js';
import { TestPayment } from '../../testing/conformance/test-payment.js';
import type { GatewayClient } from '../gateway-client.js';

let gateways: TestGateways;
beforeAll(async () => {
  gateways = await TestGateways.start();
});
beforeEach(() => gateways.reset());
afterAll(() => gateways.close());

describe.each(SUBJECTS)('a payment through the client of $provider', (subject) => {
  let client: GatewayClient;
  beforeEach(() => {
    client = gateways.client(subject);
  });
  const payment = (captureMethod: 'automatic' | 'manual') =>
    new TestPayment({ gateways, subject, client, captureMethod });
  const usd = (amountMinor: bigint) => ({ amount: { amountMinor, currency: subject.currency } });

  /** The ledger, the answers' facts, and fetches by every id in the answers agree. */
  async function expectAgreement(made: TestPayment, decided: ReturnType<TestPayment['decided']>) {
    const ledger = await gateways.ledgerOf(made.intentId);
    expect(made.decided()).toEqual(decided);
    expect({ charged: ledger?.charged, refunded: ledger?.refunded }).toEqual({
      charged: Number(decided.amountCaptured),
      refunded: Number(decided.amountRefunded),
    });
    const ids = made.answers.flatMap(({ gatewayObjectId, objectIds }) => [gatewayObjectId, ...objectIds]);
    for (const id of new Set(ids)) {
      const fetched = await client.fetch(id);
      expect(fetched?.gatewayObjectId).toBe(made.answers[0]?.gatewayObjectId);
      expect(fetched?.intentId).toBe(made.intentId);
      expect(made.decided(fetched?.facts)).toEqual(decided);
    }
  }

  test('is captured at once, and refunded in parts', async () => {
    const made = await payment('automatic').untilConfirmed();
    await made.send('refund', usd(500n));
    await made.send('refund', usd(500n));
    await made.send('refund', usd(999n));
    await expectAgreement(made, { status: 'SUCCEEDED', amountCaptured: 1999n, amountRefunded: 1999n });
    expect(await gateways.ledgerOf(made.intentId)).toMatchObject({ chargeCount: 1, refundCount: 3 });
  });

  test('has the attempt id of each refund, in answers and when it is fetched', async () => {
    const made = await payment('automatic').untilConfirmed();
    const refunds = [made.call('refund', usd(500n)), made.call('refund', usd(500n))];
    const told: Fact[] = [];
    for (const refund of refunds) told.push(...(await client.send(refund)).facts);
    const attempts = refunds.map(({ attemptId }) => attemptId);
    expect(told).toMatchObject(attempts.map((attemptId) => ({ kind: 'refund', attemptId })));
    for (const [index, { objectId }] of told.entries()) {
      const facts = (await client.fetch(objectId))?.facts ?? [];
      expect(facts.find((one) => one.objectId === objectId)).toMatchObject({ attemptId: attempts[index] });
    }
  });

  test('is authorized, and captured in full', async () => {
    const made = await payment('manual').untilConfirmed();
    expect(made.decided().status).toBe('REQUIRES_CAPTURE');
    await made.send('capture');
    await expectAgreement(made, { status: 'SUCCEEDED', amountCaptured: 1999n, amountRefunded: 0n });
  });

  test('is authorized, and captured in part, if the gateway allows that', async () => {
    const made = await payment('manual').untilConfirmed();
    if (!subject.capturesInPart) {
      await expect(made.send('capture', usd(1200n))).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
      return;
    }
    await made.send('capture', usd(1200n));
    await made.send('refund', usd(700n));
    await expectAgreement(made, { status: 'SUCCEEDED', amountCaptured: 1200n, amountRefunded: 700n });
  });

  test('is authorized, and canceled, if the gateway allows that', async () => {
    if (subject.mutations.cancel === undefined) return;
    const made = await payment('manual').untilConfirmed();
    await made.send('cancel');
    await expectAgreement(made, { status: 'CANCELED', amountCaptured: 0n, amountRefunded: 0n });
  });

  test('has a gateway object of its own', async () => {
    const [one, other] = [payment('automatic'), payment('automatic')];
    await one.untilConfirmed();
    await other.untilConfirmed();
    expect(one.answers[0]?.gatewayObjectId).not.toBe(other.answers[0]?.gatewayObjectId);
    for (const made of [one, other]) {
      expect(await gateways.ledgerOf(made.intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
    }
  });

  test.each(subject.amounts)(
    'of %i %s minor units is charged exactly that',
    async (amountMinor, currency) => {
      const made = new TestPayment({ gateways, subject, client, amountMinor, currency });
      await made.untilConfirmed();
      await made.send('refund');
      await expectAgreement(made, {
        status: 'SUCCEEDED',
        amountCaptured: amountMinor,
        amountRefunded: amountMinor,
      });
    },
  );

  test('of an amount that the gateway cannot represent is refused before it is sent', async () => {
    if (subject.impossibleAmount === null) return;
    const [amountMinor, currency] = subject.impossibleAmount;
    const made = new TestPayment({ gateways, subject, client, amountMinor, currency });
    await expect(made.send('create')).rejects.toMatchObject({
      type: 'INVALID_REQUEST',
      failure: { code: 'amount_not_representable' },
    });
    expect(gateways.countOf(subject.provider, subject.mutations.create ?? '').requests).toBe(0);
  });
});
