import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type GatewayCommand, TOPICS } from '@payments/contracts';
import { intentIdOf, uuidv7 } from '@payments/domain';
import { sharedStack, until } from '@payments/local/testing';
import { SchemaCodec } from '@payments/messaging';
import { Health } from '@payments/runtime';
import { startWorker } from '@payments/worker';
import { createTestParts, failTest, type TestParts } from '@payments/worker/testing';
import { InsertAttempts } from './insert-attempts.js';

let parts: TestParts;
let codec: SchemaCodec;
let wakes: number;
beforeEach(async () => {
  parts = await createTestParts({ name: 'gateway-test', partitions: 2, poolSize: 4 });
  codec = new SchemaCodec(sharedStack().registryUrl);
  await codec.register(TOPICS.stripeCommands);
  wakes = 0;
}, 60_000);
afterEach(() => parts.close(), 60_000);

/** A call, by default of a payment of its own. */
function aCall(said: Partial<GatewayCommand> = {}): GatewayCommand {
  return {
    commandId: randomUUID(),
    operation: 'create',
    gatewayProvider: 'stripe',
    leg: 1,
    amount: 1999,
    intentId: intentIdOf(randomUUID(), 'stripe'),
    paymentIntentId: uuidv7(),
    currency: 'USD',
    issuedAt: 1_764_000_000_123,
    notAfter: null,
    ...said,
  };
}

async function publish(commands: readonly GatewayCommand[]): Promise<void> {
  const { producer, topic } = parts;
  const send = (command: GatewayCommand) =>
    producer.send({ topic, key: command.intentId, value: codec.encode(TOPICS.stripeCommands, command) });
  await Promise.all(commands.map(send));
}

async function startConsuming(group = parts.topic): Promise<void> {
  const { kafka, topic, producer, database, logger, metrics } = parts;
  const worker = await startWorker({
    kafka,
    topic,
    group,
    producer,
    database,
    logger,
    metrics,
    health: new Health(),
    handler: new InsertAttempts({
      provider: 'stripe',
      topic: TOPICS.stripeCommands,
      codec,
      database,
      wakePool: () => {
        wakes += 1;
      },
    }),
    onFatal: failTest,
  });
  parts.cleanUp.push(() => worker.close());
}

/** In the order of the calls. */
async function attempts(): Promise<Record<string, unknown>[]> {
  return parts.database.primary.query(
    `SELECT command_id, operation, state, amount, intent_id FROM gateway_attempts ORDER BY sequence`,
  );
}

async function untilRead(records: number, group = parts.topic): Promise<void> {
  const read = async () => {
    const [row] = await parts.database.primary.query(
      'SELECT coalesce(sum(next_offset), 0)::int AS n FROM consumer_offsets WHERE consumer_group = $1',
      [group],
    );
    return row.n >= records;
  };
  await until(read, { what: 'every record to be finished', timeoutMs: 60_000 });
}

test('each call is one attempt however often it comes, in order, and the pool is woken', async () => {
  const create = aCall();
  const confirm = { ...create, operation: 'confirm', amount: null };
  const other = aCall({ operation: 'refund' });
  await publish([create, confirm, other, create, confirm]);
  await startConsuming();
  await untilRead(5);
  const [first, second] = (await attempts()).filter((one) => one.intent_id === create.intentId);
  expect(await attempts()).toHaveLength(3);
  expect(first).toMatchObject({ operation: 'create', state: 'PENDING', amount: '1999' });
  expect(second).toMatchObject({ operation: 'confirm', state: 'PENDING', amount: null });
  await until(() => wakes > 0, { what: 'the pool to be woken' });
  // A new group reads everything again.
  await startConsuming(`${parts.topic}-again`);
  await untilRead(5, `${parts.topic}-again`);
  expect(await attempts()).toHaveLength(3);
});

test('what can never be called is a dead letter, and stops nothing', async () => {
  const good = aCall();
  await publish([aCall({ gatewayProvider: 'paypal' }), aCall({ operation: 'charge twice' }), good]);
  await parts.producer.send({ topic: parts.topic, key: 'poison', value: null });
  await startConsuming();
  await untilRead(4);
  expect(await attempts()).toMatchObject([{ command_id: good.commandId }]);
  await until(() => parts.deadLetters.length === 3, { what: 'the dead letters' });
  const codes = parts.deadLetters.map(({ headers }) => String(headers['dlq.error.code']));
  expect(codes.sort()).toEqual(['EMPTY', 'UNKNOWN_OPERATION', 'WRONG_GATEWAY']);
});
