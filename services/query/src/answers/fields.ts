import { AMOUNT_MINOR_MAX, GATEWAY_OPERATIONS, GATEWAY_PROVIDERS } from '@payments/domain';
import { z } from 'zod';

/** Fields shared by several responses. */
export const uuid = z.guid();
export const text = z.string();
export const count = z.int().min(0);
export const gatewayProvider = z.enum(GATEWAY_PROVIDERS);
export const operation = z.enum(GATEWAY_OPERATIONS);

/** A time in `Date`'s ISO format. */
export const time = z.string().meta({ format: 'date-time', description: 'ISO 8601, in UTC.' });

export const currency = z.string().length(3).meta({ description: 'ISO 4217.' });

export const amount = z
  .int()
  .min(0)
  .max(Number(AMOUNT_MINOR_MAX))
  .meta({ description: 'In minor units of the currency: 1999 is 19.99 USD or 1999 JPY.' });

export const nextCursor = z.string().nullable().meta({ description: 'For the next page; null on the last.' });

/** JSON of the gateway or the order service, passed on unchanged. */
export const anything = z.unknown();

export const failure = z
  .object({ code: text, message: text.nullable() })
  .nullable()
  .meta({ description: 'The error of the last failed attempt.' });
