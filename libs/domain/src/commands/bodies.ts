import { z } from 'zod';
import { reasonNotTaken } from '../amount-steps.js';
import { CURRENCIES } from '../currency.js';
import { reasonCurrencyNotTaken } from '../gateway-currencies.js';
import { confirmsWithToken, GATEWAY_PROVIDERS } from '../gateway-provider.js';
import { AMOUNT_MINOR_MAX } from '../money.js';
import { CAPTURE_METHODS } from '../payment.js';

/**
 * The bodies of commands, as order services write them. What the ingress and the client accept and docs/openapi.json
 * are all derived from them; what a regular expression cannot express is said in the description.
 */

/** As in the database. */
const NAME_LENGTH_MAX = 255;
const URL_LENGTH_MAX = 2_048;
const REASON_LENGTH_MAX = 500;
/** Stripe's limits, since the metadata is passed on to it. */
const METADATA_ENTRIES_MAX = 50;
const METADATA_KEY = /^[A-Za-z0-9._-]{1,40}$/;
const METADATA_VALUE_LENGTH_MAX = 500;
/** Avro's int. */
const ATTEMPT_MAX = 2 ** 31 - 1;

/** Text that is valid in UTF-8 and Postgres: no lone surrogate, no zero byte. */
function text(lengthMax: number, lengthMin = 0) {
  return z
    .string()
    .min(lengthMin)
    .max(lengthMax)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'has characters that are no text');
}

/** A name given by others: displayed and compared, so without line breaks and control characters. */
const name = text(NAME_LENGTH_MAX, 1).regex(/^\P{Cc}*$/u, 'has control characters');

const amount = z
  .int()
  .min(1)
  .max(Number(AMOUNT_MINOR_MAX))
  .meta({ description: 'In minor units of the currency: 1999 is 19.99 USD or 1999 JPY.' });

const provider = z.enum(GATEWAY_PROVIDERS);

const token = name.meta({
  description: "The gateway's token for a payment method; never a card number.",
});

const url = text(URL_LENGTH_MAX)
  .refine(isWebUrl, 'must be an absolute http or https URL')
  .meta({ format: 'uri', description: 'Where the gateway sends the customer back to; http or https.' });

function isWebUrl(value: string): boolean {
  return /^https?:\/\/\S+$/i.test(value) && URL.canParse(value);
}

/** What was expected in place of a value that is not an object, by an example. */
function shapedAs(example: object) {
  return ({ code }: { readonly code: string }) =>
    code === 'invalid_type' ? `must be an object, such as ${JSON.stringify(example)}` : undefined;
}

const moment = (description: string) => z.iso.datetime({ offset: true }).meta({ description });

const notAfter = moment(
  'After this time the command must not be started: it is rejected as COMMAND_EXPIRED.',
);

const metadata = z
  .record(z.string().regex(METADATA_KEY), text(METADATA_VALUE_LENGTH_MAX), {
    error: shapedAs({ basket: 'b-1' }),
  })
  .refine((entries) => Object.keys(entries).length <= METADATA_ENTRIES_MAX, {
    error: `has more than ${METADATA_ENTRIES_MAX} entries`,
  })
  .meta({
    description: "The order service's own data, returned with the intent.",
    maxProperties: METADATA_ENTRIES_MAX,
  });

const fallback = z.strictObject(
  { gatewayProvider: provider, paymentMethodToken: token.optional() },
  { error: shapedAs({ gatewayProvider: 'paypal' }) },
);

export const createBody = z
  .strictObject({
    orderId: name.meta({ description: 'The order that it pays.' }),
    customerId: name.meta({ description: 'The customer who pays.' }),
    gatewayProvider: provider,
    attempt: z
      .int()
      .min(1)
      .max(ATTEMPT_MAX)
      .default(1)
      .meta({ description: 'Distinguishes further payments of the same order and provider.' }),
    amount,
    currency: z.enum(CURRENCIES).meta({ description: 'ISO 4217.' }),
    captureMethod: z.enum(CAPTURE_METHODS).default('automatic'),
    confirm: z.boolean().default(false).meta({
      description:
        'Confirm as soon as the gateway allows it. At Stripe this needs a `paymentMethodToken`, in a fallback as well.',
    }),
    paymentMethodToken: token.optional(),
    fallbacks: z
      .array(fallback)
      .max(GATEWAY_PROVIDERS.length - 1)
      .default([])
      .meta({ description: 'Where to try, in order, when the gateway provably cannot be reached.' }),
    allowAnother: z
      .boolean()
      .default(false)
      .meta({ description: 'Lets the order have more than one live or paid payment.' }),
    returnUrl: url.optional(),
    metadata: metadata.default({}),
    expiresAt: moment('When an unpaid intent ends as EXPIRED.').optional(),
    notAfter: notAfter.optional(),
  })
  .superRefine(({ gatewayProvider, fallbacks }, context) => {
    const seen: string[] = [gatewayProvider];
    for (const [index, one] of fallbacks.entries()) {
      const path = ['fallbacks', index, 'gatewayProvider'];
      if (seen.includes(one.gatewayProvider)) {
        context.addIssue({ code: 'custom', path, message: 'names a gateway that stands before it already' });
      }
      seen.push(one.gatewayProvider);
    }
  })
  .superRefine(({ confirm, fallbacks, ...own }, context) => {
    if (!confirm) return;
    for (const [index, one] of [own, ...fallbacks].entries()) {
      if (one.paymentMethodToken !== undefined || !confirmsWithToken(one.gatewayProvider)) continue;
      const path = [...(index === 0 ? [] : ['fallbacks', index - 1]), 'paymentMethodToken'];
      const message = 'is missing: confirm needs it at Stripe; or leave confirm out, and confirm later';
      context.addIssue({ code: 'custom', path, message });
    }
  })
  .superRefine(({ gatewayProvider, fallbacks, amount, currency }, context) => {
    const refuse = (field: string, reason: string | null): void => {
      if (reason !== null)
        context.addIssue({ code: 'custom', path: [field], message: `is refused: ${reason}` });
    };
    for (const provider of new Set([gatewayProvider, ...fallbacks.map((one) => one.gatewayProvider)])) {
      refuse('currency', reasonCurrencyNotTaken(provider, currency));
      refuse('amount', reasonNotTaken(provider, { amountMinor: BigInt(amount), currency }));
    }
  })
  .meta({ description: 'A payment to be created.' });

export const confirmBody = z
  .strictObject({
    paymentMethodToken: token.optional(),
    gatewayPaymentId: name.optional().meta({ description: 'Razorpay: the payment that its checkout made.' }),
    gatewaySignature: z
      .string()
      .regex(/^[0-9a-f]{64}$/i)
      .optional()
      .meta({ description: "Razorpay: its checkout's signature of order and payment." }),
    returnUrl: url.optional(),
    notAfter: notAfter.optional(),
  })
  .meta({
    description:
      "What is given here stands in place of the creation's. At Stripe one of them brings `paymentMethodToken`: " +
      'without it the command is rejected as INVALID_COMMAND.',
  });

export const captureBody = z
  .strictObject({ amount: amount.optional(), notAfter: notAfter.optional() })
  .meta({ description: 'Without an amount, all that is held; with a smaller one, the rest is released.' });

const reason = text(REASON_LENGTH_MAX).meta({ description: 'For people.' });

export const cancelBody = z.strictObject({ reason: reason.optional(), notAfter: notAfter.optional() });

export const refundBody = z
  .strictObject({ amount: amount.optional(), reason: reason.optional(), notAfter: notAfter.optional() })
  .meta({ description: 'Without an amount, all that is left.' });
