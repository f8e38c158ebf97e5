import type { CreateIntent, Fallback, PaymentIntentCommand } from '@payments/contracts';
import {
  CAPTURE_METHODS,
  COMMAND_TYPES,
  type Command,
  type CommandId,
  type CommandOrigin,
  type CreateCommand,
  type GatewayProvider,
  type IntentId,
  isCommandType,
  isGatewayProvider,
  type Rejection,
} from '@payments/domain';
import {
  InvalidFieldError,
  COMMAND_LIMITS as LIMITS,
  oneOf,
  text,
  textOrNull,
  timeOrNull,
} from './fields.js';

type Identity = Pick<CommandOrigin, 'commandId' | 'intentId'>;

/** The content of a command, if it is well-formed. Amounts, currencies and states are checked when it is decided. */
export function readContent(command: PaymentIntentCommand, identity: Identity): Command | Rejection {
  try {
    return contentOf(command, identity);
  } catch (error) {
    if (error instanceof InvalidFieldError) return { code: 'INVALID_COMMAND', detail: error.message };
    throw error;
  }
}

const SUB_RECORDS = ['create', 'confirm', 'capture', 'cancel', 'refund'] as const;

function contentOf(command: PaymentIntentCommand, identity: Identity): Command {
  const { type, create, confirm, capture, cancel, refund } = command;
  if (!isCommandType(type)) throw new InvalidFieldError('type', `is one of ${COMMAND_TYPES.join(', ')}`);
  for (const name of SUB_RECORDS) {
    if (name === type && command[name] === null)
      throw new InvalidFieldError(name, `is missing: type is ${type}`);
    if (name !== type && command[name] !== null) {
      throw new InvalidFieldError(name, `is set: leave it out, since type is ${type}`);
    }
  }
  text('sender', command.sender, { min: 0, max: LIMITS.nameChars });
  const origin = { ...identity, notAfter: timeOrNull('notAfter', command.notAfter) };
  if (create !== null) return { ...origin, type: 'create', ...creationOf(create) };
  if (confirm !== null) {
    return {
      ...origin,
      type: 'confirm',
      paymentMethodToken: token('confirm.paymentMethodToken', confirm.paymentMethodToken),
      gatewayPaymentId: token('confirm.gatewayPaymentId', confirm.gatewayPaymentId),
      gatewaySignature: token('confirm.gatewaySignature', confirm.gatewaySignature),
      returnUrl: urlOrNull('confirm.returnUrl', confirm.returnUrl),
    };
  }
  if (capture !== null) return { ...origin, type: 'capture', amount: amountOrNull(capture.amount) };
  if (cancel !== null) return { ...origin, type: 'cancel', reason: reason('cancel.reason', cancel.reason) };
  if (refund === null) return { ...origin, type: 'expire' };
  const amount = amountOrNull(refund.amount);
  return { ...origin, type: 'refund', amount, reason: reason('refund.reason', refund.reason) };
}

function creationOf(create: CreateIntent): Omit<CreateCommand, keyof CommandOrigin | 'type'> {
  const { attempt, confirm, allowAnother, fallbacks } = create;
  if (attempt < 1) throw new InvalidFieldError('create.attempt', 'counts from 1');
  if (fallbacks.length > LIMITS.fallbacks) {
    throw new InvalidFieldError('create.fallbacks', `has at most ${LIMITS.fallbacks} entries`);
  }
  return {
    attempt,
    confirm,
    allowAnother,
    orderId: text('create.orderId', create.orderId, { max: LIMITS.nameChars }),
    customerId: text('create.customerId', create.customerId, { max: LIMITS.nameChars }),
    provider: provider('create.gatewayProvider', create.gatewayProvider),
    // Its range is checked when it is decided: an Avro long is an integer already.
    amount: { amountMinor: BigInt(create.amount), currency: create.currency },
    captureMethod: oneOf('create.captureMethod', create.captureMethod, CAPTURE_METHODS),
    paymentMethodToken: token('create.paymentMethodToken', create.paymentMethodToken),
    fallbacks: fallbacks.map(fallbackOf),
    returnUrl: urlOrNull('create.returnUrl', create.returnUrl),
    metadata: metadataOf(create.metadata),
    expiresAt: timeOrNull('create.expiresAt', create.expiresAt),
  };
}

function fallbackOf({ gatewayProvider, paymentMethodToken }: Fallback, index: number) {
  const path = `create.fallbacks[${index}]`;
  return {
    gatewayProvider: provider(`${path}.gatewayProvider`, gatewayProvider),
    paymentMethodToken: token(`${path}.paymentMethodToken`, paymentMethodToken),
  };
}

function metadataOf(metadata: CreateIntent['metadata']): CreateIntent['metadata'] {
  const entries = Object.entries(metadata);
  if (entries.length > LIMITS.metadataEntries) {
    throw new InvalidFieldError('create.metadata', `has at most ${LIMITS.metadataEntries} entries`);
  }
  for (const [key, value] of entries) {
    // A key is the sender's own text: it is not quoted.
    text('a key of create.metadata', key, { max: LIMITS.metadataKeyChars });
    text('a value of create.metadata', value, { min: 0, max: LIMITS.metadataChars });
  }
  const chars = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (chars <= LIMITS.metadataChars) return metadata;
  throw new InvalidFieldError('create.metadata', `has at most ${LIMITS.metadataChars} characters in all`);
}

function provider(path: string, value: string): GatewayProvider {
  if (isGatewayProvider(value)) return value;
  throw new InvalidFieldError(path, 'is stripe, paypal or razorpay');
}

function token(path: string, value: string | null): string | null {
  return textOrNull(path, value, { max: LIMITS.tokenChars });
}

function reason(path: string, value: string | null): string | null {
  return textOrNull(path, value, { min: 0, max: LIMITS.reasonChars });
}

function urlOrNull(path: string, value: string | null): string | null {
  const url = textOrNull(path, value, { max: LIMITS.urlChars });
  if (url === null || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url;
  throw new InvalidFieldError(path, 'is an absolute URL of http or https');
}

function amountOrNull(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

/** Ids in their canonical form; undefined if they are not UUIDs. */
export function identityOf({ commandId, intentId }: PaymentIntentCommand): Identity | undefined {
  if (!UUID.test(commandId) || !UUID.test(intentId)) return undefined;
  return {
    commandId: commandId.toLowerCase() as CommandId,
    intentId: intentId.toLowerCase() as IntentId,
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
