import { z } from 'zod';
import { count, text, time, uuid } from './fields.js';

export const command = z.object({
  commandId: uuid,
  type: text,
  intentId: uuid,
  outcome: z.enum(['DONE', 'REJECTED']),
  code: text.nullable().meta({ description: 'Why it was rejected: one of docs/commands.md.' }),
  detail: text.nullable(),
  intentVersion: count.nullable().meta({ description: 'Of the intent, once it was decided.' }),
  receivedAt: time,
  decidedAt: time,
});
