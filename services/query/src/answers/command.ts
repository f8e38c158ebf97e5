import { z } from 'zod';
import { count, text, time, uuid } from './fields.js';

export const command = z.object({
  commandId: uuid,
  type: text,
  intentId: uuid,
  outcome: z.enum(['DONE', 'REJECTED']),
  code: text.nullable().meta({ description: 'Why it was rejected: one of docs/commands.md.' }),
  detail: text.nullable(),
  intentVersion: count.nullable().meta({ description: 'Of the intent, after the decision.' }),
  receivedAt: time,
  decidedAt: time,
  idReusedAt: time.nullable().meta({
    description: 'When a command with different content last arrived under this id; null if none did.',
  }),
});
