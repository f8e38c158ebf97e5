import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type PaymentIntentCommand, TOPICS } from '@payments/contracts';
import { intentIdOf } from '@payments/domain';
import { freePorts, type OwnStack, startOwnStack, until } from '@payments/local/testing';
import { ensureTopics, type RunningConsumer } from '@payments/messaging';
import type { Refund } from './commands.js';
import { connect } from './connection.js';
import { consumeValues } from './consume-values.js';
import { CommandNotAcknowledgedError, PaymentsClient, type SentCommand } from './payments-client.js';
import { clientOptions, openPipelineEnd } from './testing/topics.js';

const options = clientOptions();
const intent = {
  orderId: 'order-42',
  customerId: 'cust-7',
  gatewayProvider: 'stripe' as const,
  amount: 1999,
  currency: 'USD',
};

/** These tests share their CPUs with many others. */
jest.setTimeout(60_000);

let client: PaymentsClient;
let consumer: RunningConsumer;
const commands: PaymentIntentCommand[] = [];

beforeAll(async () => {
  await (await openPipelineEnd()).close();
  client = await PaymentsClient.connect(options);
  const onCrash = (error: Error) => {
    throw error;
  };
  consumer = await consumeValues(
    { ...options, groupId: options.service, onCrash },
    TOPICS.intentCommands,
    async (command) => void commands.push(command),
  );
}, 60_000);
afterAll(async () => {
  await consumer?.close();
  await client?.close();
});

function arrived({ commandId }: SentCommand): Promise<PaymentIntentCommand> {
  return until(() => commands.find((command) => command.commandId === commandId), { what: commandId });
}

test('a creation is in Kafka with its ids, its sender and all that was given', async () => {
  const commandId = randomUUID();
  const sent = await client.createIntent({ ...intent, metadata: { a: 'b' } }, { commandId });
  expect(sent).toEqual({ commandId, intentId: intentIdOf('order-42', 'stripe') });
  expect(await arrived(sent)).toMatchObject({
    ...sent,
    type: 'create',
    sender: options.service,
    create: { ...intent, attempt: 1, metadata: { a: 'b' } },
  });
});

test('every other command is about the intent that it names', async () => {
  const { intentId } = await client.createIntent(intent);
  const sent = {
    confirm: await client.confirm(intentId, { paymentMethodToken: 'pm_1' }),
    capture: await client.capture(intentId, { amount: 5 }),
    cancel: await client.cancel(intentId, { reason: 'sold out' }),
    refund: await client.refund(intentId, {
      commandId: randomUUID(),
      amount: 7,
      reason: 'broken',
      notAfter: new Date(7),
    }),
  };
  for (const [type, command] of Object.entries(sent)) {
    expect(command.intentId).toBe(intentId);
    expect(await arrived(command)).toMatchObject({ ...command, type });
  }
  expect((await arrived(sent.confirm)).confirm?.paymentMethodToken).toBe('pm_1');
  expect((await arrived(sent.capture)).capture).toEqual({ amount: 5 });
  expect((await arrived(sent.cancel)).cancel).toEqual({ reason: 'sold out' });
  expect(await arrived(sent.refund)).toMatchObject({ refund: { amount: 7, reason: 'broken' }, notAfter: 7 });
});

test('what can be no command is refused by its fields, those of its options and ids included', async () => {
  const { intentId } = await client.createIntent(intent);
  const commandId = randomUUID();
  const misspelt = { comandId: commandId } as object;
  const nothing = undefined as unknown as Refund;
  const refusals: [Promise<unknown>, string][] = [
    [client.createIntent(intent, { notAfter: new Date('tomorrow') }), 'notAfter'],
    [client.createIntent(intent, misspelt), 'comandId'],
    [client.confirm(intentId, { returnUrl: '/back' }), 'returnUrl'],
    [client.capture(intentId, { amount: 0.5 }), 'amount'],
    [client.cancel('4711'), 'intentId'],
    [client.refund(intentId, nothing), 'commandId'],
    [client.refund(intentId, { commandId, amount: -1 }), 'amount'],
  ];
  for (const [refusal, field] of refusals) {
    await expect(refusal).rejects.toMatchObject({
      name: 'InvalidCommandError',
      errors: [{ field, problem: expect.any(String) }],
    });
  }
});

test('a connection without a broker ends with an error that names where it was looked for', async () => {
  const brokers = (await freePorts(1)).map((port) => `127.0.0.1:${port}`);
  await expect(PaymentsClient.connect({ ...options, brokers, connectTimeoutMs: 200 })).rejects.toMatchObject({
    name: 'NoAnswerError',
    message: expect.stringContaining(`${brokers}`),
  });
});

test('a command without a broker says under which id to send it again', async () => {
  let stack: OwnStack | undefined;
  let lonely: PaymentsClient | undefined;
  try {
    stack = await startOwnStack({ parts: ['kafka'] });
    const own = { ...options, brokers: stack.kafkaBrokers };
    await ensureTopics(connect(own).kafka, [TOPICS.intentCommands], {
      replicationFactor: 1,
      minInSyncReplicas: 1,
    });
    lonely = await PaymentsClient.connect({ ...own, deadlineMs: 500 });
    await stack.kafka.kill();
    const commandId = randomUUID();
    const failure = await lonely.createIntent(intent, { commandId }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandNotAcknowledgedError);
    expect(failure).toMatchObject({ commandId, intentId: intentIdOf('order-42', 'stripe') });
  } finally {
    await lonely?.close();
    await stack?.stop();
  }
}, 120_000);
