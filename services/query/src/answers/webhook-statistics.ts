import { z } from 'zod';
import { count, text } from './fields.js';

const ofType = z.object({
  eventType: text,
  totalWebhooks: count,
  avgProcessingSeconds: z
    .number()
    .nullable()
    .meta({ description: 'From receipt to the commit of the effect; null while none is processed.' }),
  failedCount: count,
});

export const webhookStatistics = z.object({
  types: z.array(ofType).meta({ description: 'Most frequent first.' }),
});
