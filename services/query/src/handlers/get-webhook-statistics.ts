import { readWebhookStatistics } from '@payments/persistence';
import { webhookStatistics } from '../answers/webhook-statistics.js';
import { endpoint } from '../endpoint.js';

/** Limit of event types in the response; the gateways' are open-ended. */
const TYPES_COUNT_MAX = 500;

/** A scan of the day's webhooks: one at a time, shared by all callers. */
export const getWebhookStatistics = endpoint({
  path: '/v1/webhooks/stats',
  operationId: 'getWebhookStatistics',
  summary: 'The webhooks of the last 24 hours by type.',
  pathParameters: {},
  queryParameters: {},
  answer: webhookStatistics,
  handler: ({ replica }) => {
    let reading: Promise<string> | undefined;
    const read = async (): Promise<string> => {
      const types = await replica.read((from) => readWebhookStatistics(from, TYPES_COUNT_MAX));
      return JSON.stringify({ types });
    };
    return () => {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    };
  },
});
