import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { v5, version } from 'uuid';
import {
  asCommandId,
  asIntentId,
  asIntentRowId,
  commandIdOf,
  gatewayIdempotencyKeyOf,
  intentIdOf,
  reconciliationWebhookIdOf,
  uuidv7,
  uuidv7Time,
  webhookIdOf,
} from './ids.js';

describe('UUIDv7', () => {
  test('an id gives back the millisecond it was made from', () => {
    for (const at of [0, 1, 1_700_000_000_123, 2 ** 47]) expect(uuidv7Time(uuidv7(at)).getTime()).toBe(at);
  });

  test('ids of one millisecond differ and later ids sort later', () => {
    const at = 1_700_000_000_000;
    expect(uuidv7(at)).not.toBe(uuidv7(at));
    expect(uuidv7(at) < uuidv7(at + 1)).toBe(true);
  });

  test.each(['', 'x', '3fa85f64-5717-4562-b3fc-2c963f66afa6'])('%j is refused: not a UUIDv7', (id) => {
    expect(() => uuidv7Time(id)).toThrow(RangeError);
    expect(() => asIntentRowId(id)).toThrow(RangeError);
  });
});

describe('computed ids', () => {
  // Written down: a change of namespace or input would give every stored intent and command another name.
  test('stay what they are', () => {
    expect(intentIdOf('order-42', 'stripe')).toBe('912edec4-a3a9-5e09-8ecd-7f9de3ef8eb6');
    expect(commandIdOf('key-1', 'a')).toBe('47876282-8644-52d4-bb6a-735abb6ac508');
    expect(gatewayIdempotencyKeyOf(commandIdOf('key-1', 'a'), 1, 'confirm')).toBe(
      '199855f9-3d7c-5fe1-8759-7ec6ceac9b5f',
    );
  });

  test('give a call that is proved not to have happened another key each time it is made anew', () => {
    const keys = [1, 2, 3].map((round) =>
      gatewayIdempotencyKeyOf(commandIdOf('key-1', 'a'), 1, 'confirm', round),
    );
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toBe(gatewayIdempotencyKeyOf(commandIdOf('key-1', 'a'), 1, 'confirm'));
  });

  test('are UUIDv5 of a JSON array in one namespace', () => {
    const namespace = '3e9da018-fe08-489e-bc68-11ebbf275ba3';
    expect(intentIdOf('order-42', 'stripe', 2)).toBe(v5('["order-42","stripe",2]', namespace));
    expect(commandIdOf('key-1', 'a')).toBe(v5('["key-1","a"]', namespace));
    expect(version(intentIdOf('order-42', 'paypal'))).toBe(5);
  });

  test('differ whenever one of their parts does, wherever a separator might stand', () => {
    expect(commandIdOf('a', 'b,c')).not.toBe(commandIdOf('a,b', 'c'));
    const parts = fc.tuple(fc.string(), fc.string());
    fc.assert(
      fc.property(parts, parts, (left, right) => {
        const isSame = left[0] === right[0] && left[1] === right[1];
        expect(commandIdOf(...left) === commandIdOf(...right)).toBe(isSame);
      }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('an attempt or leg of %d is refused', (number) => {
    expect(() => intentIdOf('order-42', 'stripe', number)).toThrow(RangeError);
    expect(() => gatewayIdempotencyKeyOf(commandIdOf('a', 'b'), number, 'create')).toThrow(RangeError);
    expect(() => gatewayIdempotencyKeyOf(commandIdOf('a', 'b'), 1, 'create', number)).toThrow(RangeError);
  });
});

test('webhooks are named after their gateway event, repairs after what they found', () => {
  expect(webhookIdOf('stripe', 'evt_1')).toBe('stripe:evt_1');
  expect(reconciliationWebhookIdOf('paypal', '5O1', 'COMPLETED')).toBe('reconciliation:paypal:5O1:COMPLETED');
});

test('ids from outside are checked and put in lower case', () => {
  const id = intentIdOf('order-42', 'stripe');
  expect(asIntentId(id.toUpperCase())).toBe(id);
  expect(asCommandId(id)).toBe(id);
  expect(() => asIntentId(uuidv7())).toThrow(RangeError);
  expect(() => asCommandId('1')).toThrow(RangeError);
});

test.each(['0', 'f', 'F'])('a UUID of %j alone, which nobody filled in, names no command', (digit) => {
  const id = [8, 4, 4, 4, 12].map((length) => digit.repeat(length)).join('-');
  expect(() => asCommandId(id)).toThrow(RangeError);
});
