import { type ReadReplica, readWebhookStatistics } from '@payments/persistence';
import { type ParameterSource, readParameters } from '../parameters.js';

/** Types of events that are told at most; the gateways' are open-ended. */
const TYPES_COUNT_MAX = 500;

/** `GET /v1/webhooks/stats`: the last 24 hours' webhooks by type. It reads them all: one at a time, for all who ask. */
export function webhookStatistics(replica: ReadReplica): (source: ParameterSource) => Promise<string> {
  let reading: Promise<string> | undefined;
  const read = async (): Promise<string> => {
    const types = await replica.read((from) => readWebhookStatistics(from, TYPES_COUNT_MAX));
    return JSON.stringify({ types });
  };
  return async (source) => {
    readParameters(source, {}, {});
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}
