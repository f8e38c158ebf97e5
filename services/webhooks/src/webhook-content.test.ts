import { describe, expect, test } from '@jest/globals';
import { contentOf } from './webhook-content.js';

const VERIFYING = { kind: 'ended', status: 'VERIFYING', error: null };

function orderEvent(status: string, links: readonly object[] = []): Buffer {
  const resource = { id: 'ORDER', status, links, update_time: '2026-03-01T12:00:00Z' };
  const event = { event_type: 'CHECKOUT.ORDER.APPROVED', create_time: resource.update_time, resource };
  return Buffer.from(JSON.stringify({ id: 'WH-1', ...event }));
}

const elsewhere = orderEvent('PAYER_ACTION_REQUIRED', [
  { rel: 'payer-action', href: 'https://not-paypal.example/pay' },
]);

describe('where a body of PayPal sends the payer', () => {
  test.each([
    ['is asked about at PayPal before anybody is sent there', 'gateway', true, VERIFYING],
    ['is taken from a repair, which was fetched', 'reconciliation', true, { kind: 'facts' }],
    ['is taken as it is where nothing is verified', 'gateway', false, { kind: 'facts' }],
  ] as const)('%s', (_, source, verifyPayPal, content) => {
    expect(contentOf({ provider: 'paypal', source }, elsewhere, { verifyPayPal })).toMatchObject(content);
  });
});

test('an approval, which sends the payer nowhere, is applied at once', () => {
  const origin = { provider: 'paypal', source: 'gateway' } as const;
  expect(contentOf(origin, orderEvent('APPROVED'), { verifyPayPal: true })).toMatchObject({ kind: 'facts' });
});
