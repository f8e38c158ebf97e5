import { expect, test } from '@jest/globals';
import type { GatewayCommand } from '@payments/contracts';
import { intentIdOf, uuidv7 } from '@payments/domain';
import { readGatewayCommand } from './read-gateway-command.js';

const COMMAND: GatewayCommand = {
  commandId: '080fbd70-1111-4111-8111-111111111111',
  operation: 'capture',
  gatewayProvider: 'stripe',
  intentId: intentIdOf('order-1', 'stripe'),
  paymentIntentId: uuidv7(1_764_000_000_000),
  leg: 2,
  amount: 1500,
  currency: 'USD',
  issuedAt: 1_764_000_000_123,
  notAfter: null,
};

test('a record names its call, when it was asked for, and how much it moves', () => {
  const { commandId, intentId, paymentIntentId } = COMMAND;
  expect(readGatewayCommand(COMMAND, 'stripe')).toEqual({
    commandId,
    intentId,
    paymentIntentId,
    leg: 2,
    operation: 'capture',
    provider: 'stripe',
    amount: 1500n,
    askedAt: 1_764_000_000_123,
    notAfter: null,
  });
  expect(readGatewayCommand({ ...COMMAND, amount: null }, 'stripe').amount).toBeNull();
});

test.each([
  ['WRONG_GATEWAY', { gatewayProvider: 'paypal' }],
  ['UNKNOWN_OPERATION', { operation: 'charge twice' }],
  ['NOT_IDENTIFIED', { commandId: 'x' }],
  ['NOT_IDENTIFIED', { paymentIntentId: COMMAND.commandId }],
  ['NOT_IDENTIFIED', { leg: 0 }],
])('%s: %j can never be called', (code, wrong) => {
  expect(() => readGatewayCommand({ ...COMMAND, ...wrong }, 'stripe')).toThrow(
    expect.objectContaining({ code }),
  );
});
