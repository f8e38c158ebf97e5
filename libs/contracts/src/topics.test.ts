import { expect, test } from '@jest/globals';
import { ALL_TOPICS, deadLetterTopicOf, TOPICS } from './topics.js';

test('every topic has a dead-letter topic with as many partitions that takes all of its records', () => {
  for (const { name, partitions, config } of Object.values(TOPICS)) {
    const deadLetters = ALL_TOPICS.find((topic) => topic.name === deadLetterTopicOf(name));
    expect(deadLetters?.partitions).toBe(partitions);
    expect(deadLetters?.config['retention.ms']).toBe('-1');
    expect(Number(deadLetters?.config['max.message.bytes'])).toBe(
      Number(config['max.message.bytes']) + 64 * 1024,
    );
  }
});

test('webhooks travel as the design says', () => {
  expect(TOPICS.webhookReceived).toMatchObject({
    name: 'payment.webhook.received',
    subject: 'payment.webhook.received-value',
    partitions: 12,
    config: { 'max.message.bytes': '2097152', 'retention.ms': '1209600000' },
  });
});

test('events of intents travel as the design says', () => {
  expect(TOPICS.intentEvents).toMatchObject({
    name: 'payment.intent.events',
    subject: 'payment.intent.events-value',
    partitions: 12,
  });
});

test('no topic is named twice', () => {
  const names = ALL_TOPICS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
