import { expect, test } from '@jest/globals';
import { asCommandId } from '@payments/domain';
import { GatewayTime } from './gateway-time.js';

const commandId = asCommandId('080fbd70-1111-4111-8111-111111111111');

test("a command's calls on a leg are added up, those of other legs are not", () => {
  const time = new GatewayTime();
  time.add({ commandId, leg: 1 }, 200);
  time.add({ commandId, leg: 1 }, 50);
  time.add({ commandId, leg: 2 }, 7);
  expect(time.of({ commandId, leg: 1 })).toBe(250);
  expect(time.of({ commandId, leg: 3 })).toBe(0);
});

test('what was long ago is forgotten, what goes on is not', () => {
  const time = new GatewayTime();
  time.add({ commandId, leg: 1 }, 1);
  time.add({ commandId, leg: 2 }, 1);
  for (let leg = 3; leg <= 10_001; leg += 1) {
    time.add({ commandId, leg }, 1);
    time.add({ commandId, leg: 1 }, 1);
  }
  expect(time.of({ commandId, leg: 1 })).toBe(10_000);
  expect(time.of({ commandId, leg: 2 })).toBe(0);
});
