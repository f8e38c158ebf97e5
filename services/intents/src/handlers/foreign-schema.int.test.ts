import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PaymentIntentCommand, TopicSpec } from '@payments/contracts';
import { until } from '@payments/local/testing';
import { aCreation } from '../testing/a-command.js';
import { IntentsHarness } from '../testing/intents-harness.js';
import { commandsSpec } from '../testing/intents-parts.js';

let harness: IntentsHarness;
beforeEach(async () => {
  harness = await IntentsHarness.create();
  await harness.startWorker();
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** The command with another producer's schema, registered under a subject without our compatibility rule. */
async function writtenWith(
  change: (schema: string) => string,
  command: PaymentIntentCommand,
  said: object = {},
): Promise<Buffer> {
  const { codec } = harness.parts;
  const spec = commandsSpec('of-another-producer');
  const foreign: TopicSpec<object> = {
    ...spec,
    subject: `${randomUUID()}-value`,
    schema: JSON.parse(change(JSON.stringify(spec.schema))),
  };
  await codec.register(foreign);
  return codec.encode(foreign, { ...command, create: { ...command.create, ...said } });
}

const amountAs = (type: string) => (schema: string) =>
  schema.replace('{"name":"amount","type":"long"', `{"name":"amount","type":"${type}"`);

test.each([
  ['float', 19.5],
  ['double', 1999],
  ['string', '1999'],
])(
  'an amount written as %s is a dead letter that says so, and those around it are decided',
  async (type, amount) => {
    const good = Array.from({ length: 20 }, () => aCreation());
    const bytes = await writtenWith(amountAs(type), aCreation(), { amount });
    await harness.publish(good.slice(0, 10));
    await harness.publishBytes(bytes);
    await harness.publish(good.slice(10));
    await harness.finished();
    await until(() => harness.deadLetters.length > 0, { what: 'the dead letter' });
    expect(harness.deadLetters.map(({ value }) => value)).toEqual([bytes]);
    const [letter] = harness.deadLetters;
    expect(String(letter?.headers['dlq.error.code'])).toBe('UNDECODABLE');
    expect(String(letter?.headers['dlq.error.message'])).toMatch(/^schema \d+ is not one of .*CreateIntent/);
    const outcomes = await harness.outcomes();
    expect(good.map(({ commandId }) => outcomes[commandId])).toEqual(good.map(() => 'DONE'));
    expect(Object.keys(outcomes)).toHaveLength(good.length);
  },
  60_000,
);

test('an amount written as int says the same as ours, and is decided', async () => {
  const command = aCreation();
  await harness.publishBytes(await writtenWith(amountAs('int'), command, { amount: 1999 }));
  await harness.finished();
  expect(await harness.outcomes()).toEqual({ [command.commandId]: 'DONE' });
  expect(await harness.rows('SELECT amount FROM payment_intents')).toEqual([{ amount: '1999' }]);
}, 60_000);
