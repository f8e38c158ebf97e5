import { expect, test } from '@jest/globals';
import { asked, CIRCUMSTANCES, command, NOW, nextCommandId } from '../testing/commands.js';
import { codeOf, paid } from '../testing/decided.js';
import { paymentWith } from '../testing/payments.js';
import { foldCommands } from './fold-commands.js';

test.each(['create', 'confirm', 'capture', 'cancel', 'refund', 'expire'] as const)(
  '%s is rejected from notAfter on, whatever there is',
  (type) => {
    for (const payment of [undefined, asked(paymentWith()), paid()]) {
      expect(codeOf(payment, command(type, { notAfter: NOW }))).toBe('COMMAND_EXPIRED');
      expect(codeOf(payment, command(type, { notAfter: NOW + 1 }))).not.toBe('COMMAND_EXPIRED');
    }
  },
);

test.each(['confirm', 'capture', 'cancel', 'refund', 'expire'] as const)(
  '%s of no intent is rejected',
  (type) => {
    expect(codeOf(undefined, command(type))).toBe('INTENT_NOT_FOUND');
  },
);

test('commands of one batch are decided in their order, from nothing to the end', () => {
  const types = ['confirm', 'create', 'create', 'confirm', 'cancel', 'confirm'] as const;
  const commands = types.map((type) => ({
    command: command(type, { commandId: nextCommandId() }),
    circumstances: CIRCUMSTANCES,
  }));
  const { decisions, events, payment, before } = foldCommands(undefined, commands);
  expect(decisions.map((one) => (one.outcome === 'DONE' ? 'DONE' : one.rejection.code))).toEqual([
    'INTENT_NOT_FOUND',
    'DONE',
    'DONE',
    'DONE',
    'DONE',
    'NOT_ALLOWED_IN_STATUS',
  ]);
  expect(events.map(({ type, version }) => [type, version])).toEqual([
    ['created', 1],
    ['canceled', 2],
  ]);
  expect(before?.intent.version).toBe(1);
  expect(payment?.intent).toMatchObject({ status: 'CANCELED', version: 2 });
});
