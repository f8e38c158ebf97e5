import type { PaymentIntentCommand } from '@payments/contracts';
import { type IntentId, intentIdOf } from '@payments/domain';
import { type ApiScope, ProblemError } from '@payments/runtime';
import type { z } from 'zod';
import { cancelBody, captureBody, confirmBody, createBody, refundBody } from './bodies.js';
import { problemsOfBody } from './body-problems.js';
import { invalidCommand } from './problems.js';

/**
 * The content of a command, without sender and send time. Its fields have a fixed order, so that it can be compared.
 */
export type CommandContent = Omit<PaymentIntentCommand, 'commandId' | 'issuedAt' | 'sender'>;

/** Base path of intents and their commands. */
export const COMMANDS_PATH = '/v1/payment-intents';

/** A command as an HTTP resource. */
export interface CommandEndpoint {
  readonly type: 'create' | 'confirm' | 'capture' | 'cancel' | 'refund';
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

const create = endpoint({
  type: 'create',
  path: '',
  scope: 'payments:create',
  body: createBody,
  summary: 'Creates a payment intent.',
  content: ({ notAfter, expiresAt, metadata, fallbacks, ...given }) => ({
    intentId: intentIdOf(given.orderId, given.gatewayProvider, given.attempt),
    notAfter: millisOf(notAfter),
    create: {
      ...given,
      paymentMethodToken: given.paymentMethodToken ?? null,
      fallbacks: fallbacks.map(({ gatewayProvider, paymentMethodToken = null }) => ({
        gatewayProvider,
        paymentMethodToken,
      })),
      returnUrl: given.returnUrl ?? null,
      metadata: Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))),
      expiresAt: millisOf(expiresAt),
    },
  }),
});

const confirm = endpoint({
  type: 'confirm',
  path: '/{intentId}/confirm',
  scope: 'payments:confirm',
  body: confirmBody,
  summary: 'Confirms an intent: the customer is ready to pay.',
  content: ({ notAfter, ...given }) => ({
    notAfter: millisOf(notAfter),
    confirm: {
      paymentMethodToken: given.paymentMethodToken ?? null,
      gatewayPaymentId: given.gatewayPaymentId ?? null,
      gatewaySignature: given.gatewaySignature ?? null,
      returnUrl: given.returnUrl ?? null,
    },
  }),
});

const capture = endpoint({
  type: 'capture',
  path: '/{intentId}/capture',
  scope: 'payments:capture',
  body: captureBody,
  summary: 'Captures money that is held.',
  content: ({ notAfter, amount = null }) => ({ notAfter: millisOf(notAfter), capture: { amount } }),
});

const cancel = endpoint({
  type: 'cancel',
  path: '/{intentId}/cancel',
  scope: 'payments:cancel',
  body: cancelBody,
  summary: 'Cancels a payment that has no captured money.',
  content: ({ notAfter, reason = null }) => ({ notAfter: millisOf(notAfter), cancel: { reason } }),
});

const refund = endpoint({
  type: 'refund',
  path: '/{intentId}/refunds',
  scope: 'payments:refund',
  body: refundBody,
  summary: 'Refunds captured money.',
  content: ({ notAfter, amount = null, reason = null }) => ({
    notAfter: millisOf(notAfter),
    refund: { amount, reason },
  }),
});

export const ENDPOINTS: readonly CommandEndpoint[] = [create, confirm, capture, cancel, refund];

interface Definition<Body extends z.ZodType> extends Omit<CommandEndpoint, 'body' | 'read'> {
  readonly body: Body;
  readonly content: (body: z.output<Body>) => Partial<CommandContent>;
}

function endpoint<Body extends z.ZodType>({ content, ...described }: Definition<Body>): CommandEndpoint {
  const { type, body } = described;
  return {
    ...described,
    read(value, intentId = '' as IntentId) {
      const parsed = body.safeParse(value);
      const problems = problemsOfBody(value, parsed.error?.issues ?? []);
      if (!parsed.success || problems.length > 0) throw new ProblemError(invalidCommand(problems));
      return { type, intentId, ...NOTHING, ...content(parsed.data) };
    },
  };
}

function millisOf(moment: string | undefined): number | null {
  return moment === undefined ? null : Date.parse(moment);
}
