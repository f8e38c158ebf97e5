import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type PaymentIntentCommand, SealKeyring } from '@payments/contracts';
import type { ConsumedRecord } from '@payments/messaging';
import { receivedCommand } from './read-command.js';
import { aCreation } from './testing/a-command.js';

const keyring = new SealKeyring([{ id: 'k', key: randomBytes(32) }]);

function entryOf(command: PaymentIntentCommand, headers: ConsumedRecord['headers'] = {}) {
  const record = { topic: 't', partition: 0, offset: '1', key: null, value: null, headers, timestamp: 0 };
  return receivedCommand(command, record, keyring).entry;
}

test('a command whose ids come in capitals the second time is the same command', () => {
  const command = aCreation();
  const { commandId, intentId } = command;
  const upper = { ...command, commandId: commandId.toUpperCase(), intentId: intentId.toUpperCase() };
  const { receivedAt: _, ...first } = entryOf(command);
  expect(entryOf(upper)).toMatchObject(first);
});

test('a type and a sender that are too long are cut between characters, and lose what Postgres does not take', () => {
  const long = `\0${'x'.repeat(63)}\u{1f600}`;
  expect(entryOf(aCreation({}, { type: long, sender: 'x'.repeat(300) }))).toMatchObject({
    type: `${'x'.repeat(63)}\ufffd`,
    sender: 'x'.repeat(255),
  });
});

test.each([
  ['00-33aabfdd94e71c50f3023bcabb47b006-00f067aa0ba902b7-01', true],
  ['00-\0', false],
])('the trace header %j goes on: %j', (text, isKept) => {
  const headers = { traceparent: Buffer.from(text) };
  expect(entryOf(aCreation(), headers).headers).toEqual(isKept ? { traceparent: text } : undefined);
});
