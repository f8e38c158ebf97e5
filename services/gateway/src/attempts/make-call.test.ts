import { expect, test } from '@jest/globals';
import { type GatewayAnswer, type GatewayClient, GatewayError } from '@payments/gateways';
import { makeCall } from './make-call.js';

const ANSWER: GatewayAnswer = { gatewayObjectId: 'pi_1', objectIds: [], facts: [] };

function clientThat(fetch: () => Promise<GatewayAnswer | null>): GatewayClient {
  const none = () => Promise.reject(new Error('not asked for'));
  return { provider: 'stripe', send: none, inquire: none, fetch, keyLifetimeMs: () => 0 };
}

const call = (fetch: () => Promise<GatewayAnswer | null>) =>
  makeCall(clientThat(fetch), { kind: 'fetch', objectId: 'pi_1' });

test('an answer, or that there is none, is what the call came to', async () => {
  expect(await call(async () => ANSWER)).toMatchObject({ answer: ANSWER, failed: null });
  expect(await call(async () => null)).toMatchObject({ answer: null, failed: null });
});

test('an error keeps what the gateway told of it, its answer among it', async () => {
  const failure = { code: 'card_declined', message: 'Your card was declined.' };
  const error = new GatewayError({
    type: 'CARD_DECLINED',
    failure,
    httpStatus: 402,
    retryAfterMs: 5_000,
    answer: ANSWER,
  });
  expect(await call(() => Promise.reject(error))).toMatchObject({
    answer: ANSWER,
    httpStatus: 402,
    error,
    failed: { kind: 'failed', type: 'CARD_DECLINED', failure, retryAfterMs: 5_000 },
  });
});

test('an error that nobody foresaw proves nothing, and its words go nowhere but to the log', async () => {
  const { failed, error } = await call(() => Promise.reject(new TypeError('unexpected token \0')));
  expect(failed).toMatchObject({
    type: 'UNKNOWN_OUTCOME',
    failure: { code: 'unexpected_error', message: null },
  });
  expect(error).toBeInstanceOf(TypeError);
});
