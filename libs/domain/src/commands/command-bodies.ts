import type { z } from 'zod';
import { intentIdOf } from '../ids.js';
import { cancelBody, captureBody, confirmBody, createBody, refundBody } from './bodies.js';

const create = command(createBody, ({ notAfter, expiresAt, metadata, fallbacks, ...given }) => ({
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
}));

const confirm = command(confirmBody, ({ notAfter, ...given }) => ({
  notAfter: millisOf(notAfter),
  confirm: {
    paymentMethodToken: given.paymentMethodToken ?? null,
    gatewayPaymentId: given.gatewayPaymentId ?? null,
    gatewaySignature: given.gatewaySignature ?? null,
    returnUrl: given.returnUrl ?? null,
  },
}));

const capture = command(captureBody, ({ notAfter, amount = null }) => ({
  notAfter: millisOf(notAfter),
  capture: { amount },
}));

const cancel = command(cancelBody, ({ notAfter, reason = null }) => ({
  notAfter: millisOf(notAfter),
  cancel: { reason },
}));

const refund = command(refundBody, ({ notAfter, amount = null, reason = null }) => ({
  notAfter: millisOf(notAfter),
  refund: { amount, reason },
}));

/** What order services may send, by the type of the command. */
export const COMMAND_BODIES = { create, confirm, capture, cancel, refund } as const;

/** Either what the command says, its fields in a fixed order, or what is wrong with its body. */
export type ReadBody<Content> =
  | { readonly content: Content; readonly issues: readonly [] }
  | { readonly content?: undefined; readonly issues: readonly z.core.$ZodIssue[] };

function command<Body extends z.ZodType, Content>(body: Body, contentOf: (body: z.output<Body>) => Content) {
  const read = (value: unknown): ReadBody<Content> => {
    const { data, error } = body.safeParse(value);
    return error === undefined ? { content: contentOf(data), issues: [] } : { issues: error.issues };
  };
  return { body, read };
}

function millisOf(moment: string | undefined): number | null {
  return moment === undefined ? null : Date.parse(moment);
}
