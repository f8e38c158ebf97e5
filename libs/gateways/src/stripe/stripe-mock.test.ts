import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlannedCall } from '@payments/domain';
import type { GatewayClient } from '../client/gateway-client.js';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { stripeSubject } from '../testing/conformance/stripe-subject.js';
import { TestGateways } from '../testing/conformance/test-gateways.js';
import { TestPayment } from '../testing/conformance/test-payment.js';

/** Stripe's own mock, which validates requests against its OpenAPI document: `make test-stripe` fetches it. */
const PROGRAM = join(import.meta.dirname, '../../../../.local/stripe-mock/stripe-mock');
const ANY_PORT = '127.0.0.1:0';
const describeWithProgram = existsSync(PROGRAM) ? describe : describe.skip;

describeWithProgram("by Stripe's OpenAPI document (make test-stripe)", () => {
  let program: ChildProcess;
  let base: string;
  let gateways: TestGateways;
  let client: GatewayClient;

  beforeAll(async () => {
    program = spawn(PROGRAM, ['-http-addr', ANY_PORT, '-https-addr', ANY_PORT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    base = `http://${await listeningAt(program)}`;
    gateways = await TestGateways.start();
    client = gateways.client(stripeSubject, base);
  });

  afterAll(async () => {
    const exited = once(program, 'exit');
    program.kill();
    await Promise.all([exited, gateways.close()]);
  });

  const payment = () => new TestPayment({ gateways, subject: stripeSubject, client });
  const ON_INTENT = { gatewayObjectId: 'pi_1' };

  const CALLS: readonly (readonly [name: string, call: PlannedCall])[] = [
    ['a creation', payment().call('create')],
    [
      'a creation with a token, without redirects',
      payment().call('create', {
        paymentMethodToken: 'pm_card_visa',
        returnUrl: null,
        captureMethod: 'manual',
      }),
    ],
    ['a confirmation', payment().call('confirm', { ...ON_INTENT, paymentMethodToken: 'pm_card_visa' })],
    ['a confirmation of what is set', payment().call('confirm', { ...ON_INTENT, returnUrl: null })],
    ['a hold', payment().call('authorize', { ...ON_INTENT, paymentMethodToken: 'pm_card_visa' })],
    ['a capture', payment().call('capture', ON_INTENT)],
    ['a cancellation', payment().call('cancel', ON_INTENT)],
    ['a cancellation with a reason', payment().call('cancel', { ...ON_INTENT, reason: 'abandoned' })],
    ['a refund', payment().call('refund', ON_INTENT)],
    ['a refund with a reason', payment().call('refund', { ...ON_INTENT, reason: 'duplicate' })],
    ['a refund with a reason of ours', payment().call('refund', { ...ON_INTENT, reason: 'wet parcel' })],
  ];

  test.each(CALLS)('%s is a valid request', async (_, call) => {
    expect((await client.send(call)).gatewayObjectId).toMatch(/^pi_/);
  });

  test.each(CALLS)('an inquiry about %s is a valid request', async (_, call) => {
    const found = await client.inquire(call);
    expect(found === null || found.gatewayObjectId.startsWith('pi_')).toBe(true);
  });

  test('a fetch is a valid request, with or without a payment intent', async () => {
    expect((await client.fetch('pi_1'))?.gatewayObjectId).toBe('pi_1');
    for (const id of ['ch_1', 're_1', 'dp_1']) expect(await client.fetch(id)).toBeNull();
  });

  test('an invalid request is refused', async () => {
    const error = await gatewayErrorOf(
      client.send(payment().call('create', { captureMethod: 'sometimes' as PlannedCall['captureMethod'] })),
    );
    expect(error.type).toBe('INVALID_REQUEST');
  });
});

/** The port on which the program says that it listens. */
async function listeningAt({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the program has no output');
  for await (const line of createInterface({ input: stdout })) {
    const address = /Listening for HTTP at address: (\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('stripe-mock ended before it listened');
}
