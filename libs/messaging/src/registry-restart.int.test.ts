import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OwnStack, startOwnStack } from '@payments/local/testing';
import { SchemaCodec } from './schema-codec.js';
import { topicSpec } from './testing/topic-spec.js';

let stack: OwnStack;

beforeAll(async () => {
  stack = await startOwnStack({ parts: ['registry'], migrate: false });
}, 120_000);

afterAll(() => stack?.stop());

test('a registry that is killed and comes back reads old bytes and gives new schemas new ids', async () => {
  const old = topicSpec(['name']);
  const before = new SchemaCodec(stack.registryUrl);
  await before.register(old);
  const bytes = before.encode(old, { name: 'a' });

  await stack.registry.kill();
  const during = new SchemaCodec(stack.registryUrl);
  await expect(during.decode(old, bytes)).rejects.toMatchObject({ name: 'RegistryUnavailableError' });
  // Schemas cached before the outage keep working.
  expect(before.encode(old, { name: 'a' })).toEqual(bytes);

  await stack.registry.start();
  const other = topicSpec(['quantity']);
  const after = new SchemaCodec(stack.registryUrl);
  await after.register(other);
  expect(after.encode(other, { quantity: '1' }).readInt32BE(1)).not.toBe(bytes.readInt32BE(1));
  expect(await after.decode(old, bytes)).toEqual({ name: 'a' });
  expect(await during.decode(old, bytes)).toEqual({ name: 'a' });
}, 120_000);
