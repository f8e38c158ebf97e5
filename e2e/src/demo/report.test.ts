import { expect, test } from '@jest/globals';
import type { ConsumedRecord } from '@payments/messaging';
import { nthWebhook } from '../signed-webhooks.js';
import type { Delivered, Delivery } from './delivery.js';
import { contradictions, type Findings } from './report.js';
import type { StoredRow } from './stored-rows.js';

const webhook = nthWebhook(0);
const { webhookId, provider, eventType, body } = webhook;
const row: StoredRow = { webhookId, provider, eventType, status: 'UNMATCHED', latencyMs: 1 };

function delivered(status: number): Delivered {
  const request = {
    what: 'signed webhooks',
    path: '/webhooks/stripe',
    body,
    headers: () => ({}),
    status: 200,
    webhook,
  };
  return { request, status, title: '', durationMs: 1 };
}

function findings(over: Partial<Findings> = {}, status = 200): Findings {
  const accepted = new Set(status === 200 ? [webhookId] : []);
  const delivery = { done: [delivered(status)], accepted } as unknown as Delivery;
  const deadLetters = [{ key: Buffer.from('k'), headers: {} } as ConsumedRecord];
  const lives = { payments: [], contradictions: [] };
  const commands = { commands: [], paymentsOfRepeated: 1 };
  const planted = new Map([['k', 'poison']]);
  return { delivery, rows: [row], planted, deadLetters, lives, commands, gatewayPayments: [], ...over };
}

test('one row for each accepted webhook and one dead letter for each bad record are no contradictions', () => {
  expect(contradictions(findings())).toEqual([]);
});

test.each<[string, Findings, string]>([
  ['an accepted webhook without a row', findings({ rows: [] }), 'has 0 rows'],
  ['one with two rows', findings({ rows: [row, row] }), 'has 2 rows'],
  [
    'a row of another type',
    findings({ rows: [{ ...row, eventType: 'other' }] }),
    'is stored as stripe other',
  ],
  ['a row that nobody accepted', findings({}, 401), 'was never accepted'],
  ['another answer than the right one', findings({}, 503), '503'],
  [
    'a payment that differs from the model',
    findings({ lives: { payments: [], contradictions: ['captured 1'] } }),
    'captured 1',
  ],
  [
    'a command that came out otherwise',
    findings({ commands: { commands: [], paymentsOfRepeated: 2 } }),
    'has 2 payments',
  ],
  ['a poison record that is nowhere', findings({ deadLetters: [] }), 'not in the dead-letter topic'],
])('%s does not add up', (_what, found, complaint) => {
  expect(contradictions(found).join('\n')).toContain(complaint);
});
