import { describe, expect, test } from '@jest/globals';
import type { PaymentIntentCommand } from '@payments/contracts';
import type { Command } from '@payments/domain';
import { COMMAND_LIMITS } from './fields.js';
import { identityOf, readContent } from './read-content.js';
import { aCommand, aCreation } from './testing/a-command.js';

function read(command: PaymentIntentCommand) {
  const identity = identityOf(command);
  if (identity === undefined) throw new Error('not identified');
  return readContent(command, identity);
}

const long = (chars: number): string => 'x'.repeat(chars);

test('a creation is read whole', () => {
  const command = aCreation({
    orderId: 'order-42',
    gatewayProvider: 'paypal',
    attempt: 2,
    amount: 295,
    currency: 'JPY',
    confirm: true,
    captureMethod: 'manual',
    paymentMethodToken: 'tok',
    returnUrl: 'https://shop.example/return',
    fallbacks: [{ gatewayProvider: 'stripe', paymentMethodToken: 'pm_1' }],
    metadata: { basket: 'b-1' },
    expiresAt: 1_764_000_000_000,
  });
  expect(read(command)).toEqual({
    type: 'create',
    commandId: command.commandId,
    intentId: command.intentId,
    notAfter: null,
    orderId: 'order-42',
    customerId: 'cust-7',
    provider: 'paypal',
    attempt: 2,
    confirm: true,
    amount: { amountMinor: 295n, currency: 'JPY' },
    captureMethod: 'manual',
    allowAnother: false,
    paymentMethodToken: 'tok',
    returnUrl: 'https://shop.example/return',
    expiresAt: 1_764_000_000_000,
    fallbacks: [{ gatewayProvider: 'stripe', paymentMethodToken: 'pm_1' }],
    metadata: { basket: 'b-1' },
  });
});

const intent = aCreation();

test.each<[string, PaymentIntentCommand, Partial<Command>]>([
  ['confirm', aCommand(intent, 'confirm', { paymentMethodToken: 'pm_1' }), { paymentMethodToken: 'pm_1' }],
  ['capture', aCommand(intent, 'capture', { amount: 5 }), { amount: 5n }],
  ['capture of all', aCommand(intent, 'capture'), { amount: null }],
  ['cancel', aCommand(intent, 'cancel', { reason: '' }), { reason: '' }],
  ['refund', aCommand(intent, 'refund', { amount: 0, reason: 'broken' }), { amount: 0n, reason: 'broken' }],
  ['expire', aCommand(intent, 'expire', {}, { notAfter: 5 }), { notAfter: 5 }],
])('%s is read', (_what, command, said) => {
  const { commandId, intentId, type, notAfter } = command;
  expect(read(command)).toMatchObject({ commandId, intentId, type, notAfter, ...said });
});

test('ids are compared in small letters', () => {
  const command = aCreation();
  const { commandId, intentId } = command;
  const upper = { ...command, commandId: commandId.toUpperCase(), intentId: intentId.toUpperCase() };
  expect(identityOf(upper)).toEqual({ commandId, intentId });
});

test.each([
  ['', ''],
  ['not a uuid', aCreation().intentId],
  [aCreation().commandId, '42'],
  [`${aCreation().commandId}0`, aCreation().intentId],
])('%j on %j cannot be answered', (commandId, intentId) => {
  expect(identityOf(aCreation({}, { commandId, intentId }))).toBeUndefined();
});

describe('is refused by the name of its field:', () => {
  const { nameChars, tokenChars, urlChars, metadataEntries, metadataChars } = COMMAND_LIMITS;
  const many = Object.fromEntries(Array.from({ length: metadataEntries + 1 }, (_, i) => [`k${i}`, '']));
  const fallback = { gatewayProvider: 'stripe', paymentMethodToken: null };

  test.each<[string, PaymentIntentCommand]>([
    ['type is one of create, confirm, capture, cancel, refund, expire', aCreation({}, { type: 'pay' })],
    ['create is missing: type is create', aCreation({}, { create: null })],
    ['refund is missing: type is refund', aCommand(intent, 'refund', {}, { refund: null })],
    ['cancel is set: leave it out, since type is create', aCreation({}, { cancel: { reason: null } })],
    ['capture is set: leave it out', aCommand(intent, 'expire', {}, { capture: { amount: 1 } })],
    ['create.orderId has 1 to 255 characters', aCreation({ orderId: '' })],
    ['create.orderId has 1 to 255 characters', aCreation({ orderId: long(nameChars + 1) })],
    ['create.customerId has', aCreation({ customerId: long(nameChars + 1) })],
    ['create.customerId holds the character NUL', aCreation({ customerId: 'a\0b' })],
    ['sender has 0 to 255 characters', aCreation({}, { sender: long(nameChars + 1) })],
    ['create.gatewayProvider is stripe, paypal or razorpay', aCreation({ gatewayProvider: 'adyen' })],
    [
      'create.attempt counts from 1',
      aCreation({}, { create: { ...aCreation().create, attempt: 0 } as never }),
    ],
    ['create.captureMethod is automatic or manual', aCreation({ captureMethod: 'later' })],
    ['create.paymentMethodToken has', aCreation({ paymentMethodToken: long(tokenChars + 1) })],
    ['create.fallbacks has at most 2', aCreation({ fallbacks: Array.from({ length: 3 }, () => fallback) })],
    [
      'create.fallbacks[1].gatewayProvider is',
      aCreation({ fallbacks: [fallback, { ...fallback, gatewayProvider: 'x' }] }),
    ],
    ['create.returnUrl is an absolute URL', aCreation({ returnUrl: '/return' })],
    ['create.returnUrl is an absolute URL', aCreation({ returnUrl: 'javascript:alert(1)' })],
    ['create.returnUrl has', aCreation({ returnUrl: `https://x.example/${long(urlChars)}` })],
    ['create.metadata has at most 50 entries', aCreation({ metadata: many })],
    ['a value of create.metadata has', aCreation({ metadata: { a: long(metadataChars + 1) } })],
    [
      'create.metadata has at most 32768 characters in all',
      aCreation({ metadata: { a: long(metadataChars), b: 'x' } }),
    ],
    ['a key of create.metadata has', aCreation({ metadata: { [long(101)]: '' } })],
    ['a key of create.metadata has', aCreation({ metadata: { '': 'x' } })],
    ['a value of create.metadata holds the character NUL', aCreation({ metadata: { a: '\0' } })],
    ['create.expiresAt is a time', aCreation({ expiresAt: -1 })],
    ['notAfter is a time', aCreation({}, { notAfter: 2 ** 53 - 1 })],
    ['cancel.reason has', aCommand(intent, 'cancel', { reason: long(501) })],
    ['refund.reason has', aCommand(intent, 'refund', { reason: long(501) })],
    ['confirm.returnUrl is an absolute URL', aCommand(intent, 'confirm', { returnUrl: 'x' })],
    ['confirm.gatewayPaymentId has', aCommand(intent, 'confirm', { gatewayPaymentId: '' })],
  ])('%s', (detail, command) => {
    expect(read(command)).toEqual({ code: 'INVALID_COMMAND', detail: expect.stringContaining(detail) });
  });
});
