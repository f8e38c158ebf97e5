import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GATEWAY_OPERATIONS } from '@payments/domain';
import { gatewayErrorOf } from '../../testing/conformance/gateway-error-of.js';
import { SUBJECTS } from '../../testing/conformance/subjects.js';
import { TestGateways } from '../../testing/conformance/test-gateways.js';
import { paymentBefore } from '../../testing/conformance/test-payment.js';
import type { GatewayAnswer, GatewayClient } from '../gateway-client.js';

let gateways: TestGateways;
beforeAll(async () => {
  gateways = await TestGateways.start();
});
beforeEach(() => gateways.reset());
afterAll(() => gateways.close());

/** Every way to lose an answer, and whether the call was executed. */
const LOSSES = [
  ['timeout_before', false],
  ['timeout_after', true],
  ['drop_reply', true],
  ['reset', false],
  ['server_error_before', false],
  ['server_error_after', true],
  ['unavailable', false],
] as const;

/** Facts without a gateway's time get the time of the answer: a second may pass between two answers. */
function timeless({ facts, ...answer }: GatewayAnswer) {
  return { ...answer, facts: facts.map((fact) => ({ ...fact, occurredAt: 0 })) };
}

describe.each(SUBJECTS)('a call whose answer is lost on the way from $provider', (subject) => {
  const { provider, mutations } = subject;
  let client: GatewayClient;
  beforeEach(() => {
    client = gateways.client(subject);
  });
  const cases = GATEWAY_OPERATIONS.filter((operation) => mutations[operation] !== undefined).flatMap(
    (operation) => LOSSES.map(([kind, isExecuted]) => ({ operation, kind, isExecuted })),
  );

  async function lose({ operation, kind }: (typeof cases)[number]) {
    const payment = await paymentBefore(operation, { gateways, subject, client });
    const call = payment.call(operation);
    const sender = kind.startsWith('timeout') ? await gateways.hastyClient(subject) : client;
    gateways.strikeOnce(provider, mutations[operation] ?? '', kind);
    const error = await gatewayErrorOf(sender.send(call));
    expect({ type: error.type, isProvablyNotExecuted: error.isProvablyNotExecuted }).toEqual({
      type: 'UNKNOWN_OUTCOME',
      isProvablyNotExecuted: false,
    });
    return { payment, call, count: () => gateways.countOf(provider, mutations[operation] ?? '') };
  }

  test.each(cases)('is inquired about: $operation, $kind', async (lost) => {
    const { payment, call, count } = await lose(lost);
    expect(count().executed).toBe(lost.isExecuted ? 1 : 0);
    const shown = await client.inquire(call);
    if (!lost.isExecuted || !subject.provable.includes(lost.operation)) {
      expect(shown).toBeNull();
      return;
    }
    if (shown === null) throw new Error('nothing shows it');
    const ledger = await gateways.ledgerOf(payment.intentId);
    expect(shown.gatewayObjectId).toBe(ledger?.objects[0]?.objectId);
    const { amountCaptured, amountRefunded } = payment.decided([...payment.facts, ...shown.facts]);
    expect({ charged: Number(amountCaptured), refunded: Number(amountRefunded) }).toEqual({
      charged: ledger?.charged,
      refunded: ledger?.refunded,
    });
  });

  test.each(cases)('is sent again under its key: $operation, $kind', async (lost) => {
    if (client.keyLifetimeMs(lost.operation) === 0) return;
    const { call, count } = await lose(lost);
    if (subject.keepsServerErrors && lost.kind.startsWith('server_error')) {
      expect((await gatewayErrorOf(client.send(call))).type).toBe('UNKNOWN_OUTCOME');
      expect(count().executed).toBe(lost.isExecuted ? 1 : 0);
      return;
    }
    const answer = await client.send(call);
    expect(timeless(await client.send(call))).toEqual(timeless(answer));
    expect(count().executed).toBe(1);
  });
});

describe.each(SUBJECTS)('a call that is sent twice at once to $provider', (subject) => {
  const client = () => gateways.client(subject);
  const operations = GATEWAY_OPERATIONS.filter((operation) => subject.mutations[operation] !== undefined);

  test.each(operations)('is executed once under its key: %s', async (operation) => {
    if (client().keyLifetimeMs(operation) === 0) return;
    const payment = await paymentBefore(operation, { gateways, subject, client: client() });
    const call = payment.call(operation);
    const sent = await Promise.allSettled([client().send(call), client().send(call)]);
    expect(sent.map(({ status }) => status)).toContain('fulfilled');
    expect(gateways.countOf(subject.provider, subject.mutations[operation] ?? '').executed).toBe(1);
  });
});
