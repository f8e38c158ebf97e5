import type { PaymentIntentCommand } from '@payments/contracts';
import { COMMAND_BODIES, type IntentId } from '@payments/domain';
import { type ApiScope, ProblemError, problemsOfBody } from '@payments/runtime';
import type { z } from 'zod';
import { invalidCommand } from './problems.js';

/**
 * The content of a command, without sender and send time. Its fields have a fixed order, so that it can be compared.
 */
export type CommandContent = Omit<PaymentIntentCommand, 'commandId' | 'issuedAt' | 'sender'>;

/** Base path of intents and their commands. */
export const COMMANDS_PATH = '/v1/payment-intents';

/** A command as an HTTP resource. */
export interface CommandEndpoint {
  readonly type: keyof typeof COMMAND_BODIES;
  /** Relative to {@link COMMANDS_PATH}; `{intentId}` is the intent of the command. */
  readonly path: string;
  readonly summary: string;
  readonly scope: ApiScope;
  readonly body: z.ZodType;
  /**
   * @param intentId from the path; a creation computes its own
   * @throws ProblemError 422 that lists the invalid fields
   */
  read(body: unknown, intentId?: IntentId): CommandContent;
}

const NOTHING = { notAfter: null, create: null, confirm: null, capture: null, cancel: null, refund: null };

export const ENDPOINTS: readonly CommandEndpoint[] = [
  endpoint({
    type: 'create',
    path: '',
    scope: 'payments:create',
    summary: 'Creates a payment intent.',
  }),
  endpoint({
    type: 'confirm',
    path: '/{intentId}/confirm',
    scope: 'payments:confirm',
    summary: 'Confirms an intent: the customer is ready to pay.',
  }),
  endpoint({
    type: 'capture',
    path: '/{intentId}/capture',
    scope: 'payments:capture',
    summary: 'Captures money that is held.',
  }),
  endpoint({
    type: 'cancel',
    path: '/{intentId}/cancel',
    scope: 'payments:cancel',
    summary: 'Cancels a payment that has no captured money.',
  }),
  endpoint({
    type: 'refund',
    path: '/{intentId}/refunds',
    scope: 'payments:refund',
    summary: 'Refunds captured money.',
  }),
];

function endpoint(described: Omit<CommandEndpoint, 'body' | 'read'>): CommandEndpoint {
  const { type } = described;
  const { body } = COMMAND_BODIES[type];
  return {
    ...described,
    body,
    read(value, intentId = '' as IntentId) {
      const { content, issues } = COMMAND_BODIES[type].read(value);
      const problems = problemsOfBody(value, issues);
      if (content === undefined || problems.length > 0) throw new ProblemError(invalidCommand(problems));
      return { type, intentId, ...NOTHING, ...content };
    },
  };
}
