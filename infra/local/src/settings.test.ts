import { expect, test } from '@jest/globals';
import { OWN_ADDRESSES } from './own-addresses.js';
import { readStackSettings } from './settings.js';

test('an empty environment means the standard ports and parts of our own', () => {
  const { ports, given } = readStackSettings({});
  expect(ports).toMatchObject({
    ingress: 8080,
    postgres: 15432,
    redis: 16379,
    kafka: 19092,
    registry: 18081,
  });
  expect(given).toEqual({});
});

test('a port moves, and every wrong one is told at once', () => {
  expect(readStackSettings({ KAFKA_PORT: '29092' }).ports.kafka).toBe(29092);
  expect(() => readStackSettings({ KAFKA_PORT: 'x', REDIS_PORT: '70000' })).toThrow(
    'REDIS_PORT=70000 is not a port (1 to 65535)\nKAFKA_PORT=x is not a port (1 to 65535)',
  );
});

test('two parts on one port are told', () => {
  expect(() => readStackSettings({ REDIS_PORT: '15432' })).toThrow(
    'POSTGRES_PORT and REDIS_PORT are both 15432: each part needs a port',
  );
});

test('an address in the environment replaces a part, unless it is our own from `make env`', () => {
  const DATABASE_URL = 'postgresql://a:b@db.example/payments';
  expect(readStackSettings({ DATABASE_URL, REDIS_URL: '' }).given).toEqual({ postgres: DATABASE_URL });
  const evaluated = { DATABASE_URL, REDIS_URL: 'redis://r', [OWN_ADDRESSES]: `redis://x ${DATABASE_URL}` };
  expect(readStackSettings(evaluated).given).toEqual({ redis: 'redis://r' });
});
