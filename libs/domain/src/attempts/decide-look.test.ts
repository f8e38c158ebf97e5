import { expect, test } from '@jest/globals';
import type { GatewayOperation } from '../ids.js';
import { legAt, OBJECT_ID, type SubjectParts, unknownSubject } from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { decideLook } from './decide-look.js';

const SECOND = 1_000;

test.each([
  ['confirm', { type: 'PAYMENT', status: 'SUCCEEDED' }],
  ['confirm', { type: 'PAYMENT', status: 'PENDING' }],
  ['confirm', { type: 'AUTHORIZATION', status: 'SUCCEEDED' }],
  ['authorize', { type: 'AUTHORIZATION', status: 'PENDING' }],
  ['capture', { type: 'PAYMENT', status: 'SUCCEEDED' }],
  ['cancel', { type: 'VOID', status: 'SUCCEEDED' }],
] as const)('webhooks have told of the %s: %o', (operation, said) => {
  expect(decideLook(unknownSubject(operation, SECOND, { transactions: [said] }))).toMatchObject({
    kind: 'end',
    ending: { state: 'SUCCEEDED' },
  });
});

test.each([
  ['create', {}],
  ['confirm', { transactions: [{ type: 'PAYMENT', status: 'FAILED' }] }],
  ['confirm', { transactions: [{ leg: 2 }] }],
  ['capture', { transactions: [{ status: 'PENDING' }, { type: 'AUTHORIZATION' }] }],
  ['cancel', { transactions: [{ type: 'AUTHORIZATION' }] }],
  // It may be another refund of the same amount.
  ['refund', { transactions: [{}, { type: 'REFUND', objectId: 're_1', parentId: OBJECT_ID }] }],
] as const satisfies (readonly [GatewayOperation, SubjectParts])[])(
  'the gateway is asked about a %s: %o',
  (operation, parts) => {
    const subject = unknownSubject(operation, SECOND, parts);
    expect(decideLook(subject)).toMatchObject({
      kind: 'inquire',
      call: { operation, attemptId: subject.attempt.attemptId },
    });
  },
);

test('a leg that its gateway canceled shows the cancellation', () => {
  const lastStatusFact = { fact: 'canceled', occurredAt: NOW } as const;
  const legs = [{ ...legAt(1, 'stripe', OBJECT_ID), lastStatusFact }];
  expect(decideLook(unknownSubject('cancel', SECOND, { legs })).kind).toBe('end');
});

test('a person said where: the object, or the one of its leg', () => {
  const look = (objectId: string | null) =>
    decideLook(unknownSubject('confirm', SECOND, { attempt: { verdict: { objectId } } }));
  expect(look('pi_other')).toEqual({ kind: 'fetch', objectId: 'pi_other' });
  expect(look(null)).toEqual({ kind: 'fetch', objectId: OBJECT_ID });
});
