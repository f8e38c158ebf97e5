import { expect, test } from '@jest/globals';
import { requestHashOf } from './request-hash.js';
import { aCreation } from './testing/a-command.js';

const command = aCreation({ metadata: { a: '1', b: '2' } });
const hash = requestHashOf(command).toString('hex');

test('when and by whom it was sent, and the order of names, make no other command', () => {
  const { create } = command;
  if (create === null) throw new Error('no creation');
  const metadata = { b: '2', a: '1' };
  const { type, ...rest } = command;
  const again = { ...rest, type, issuedAt: 1, sender: 'other', create: { ...create, metadata } };
  expect(requestHashOf(again).toString('hex')).toBe(hash);
});

test.each([
  { notAfter: 1 },
  { type: 'cancel' },
  { create: null },
  { create: { ...(command.create as never as object), amount: 2000 } as never },
  { create: { ...(command.create as never as object), metadata: { a: '2', b: '1' } } as never },
])('%j makes another', (over) => {
  expect(requestHashOf({ ...command, ...over }).toString('hex')).not.toBe(hash);
});
