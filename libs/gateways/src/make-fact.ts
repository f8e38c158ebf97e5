import type {
  DisputeState,
  Fact,
  FactName,
  Failure,
  GatewayProvider,
  JsonValue,
  Money,
  PaymentAttempt,
  RefundState,
} from '@payments/domain';

/** The values of a fact. The functions are called only for facts that need them: a status fact requires no amount. */
export interface FactParts {
  readonly provider: GatewayProvider;
  readonly objectId: string;
  readonly relatedIds: readonly string[];
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  /** The object that this one is part of; see `Fact`. */
  readonly parentId?: string | undefined;
  readonly reference?: string | undefined;
  /** Of a refund: the id of our attempt, if the gateway returns it. */
  readonly attemptId?: string | undefined;
  amount(): Money;
  failure(): Failure | undefined;
  nextAction(): JsonValue;
  /** The attempt's own object, where the gateway has one besides the leg's. */
  payment(): PaymentAttempt | undefined;
}

/** Builds the fact with the given name. @throws WebhookError `unreadable` if a value that it needs cannot be read */
export function makeFact(name: FactName, parts: FactParts): Fact {
  const { provider, objectId, relatedIds, occurredAt } = parts;
  const origin = { provider, objectId, relatedIds, occurredAt, ...optional('parentId', parts.parentId) };
  switch (name) {
    case 'captured':
    case 'authorized':
    case 'voided':
      return { ...origin, kind: name, amount: parts.amount(), ...optional('reference', parts.reference) };
    case 'refund_pending':
    case 'refund_succeeded':
    case 'refund_failed':
    case 'refund_canceled': {
      const state = name.slice('refund_'.length) as RefundState;
      const failure = state === 'failed' ? parts.failure() : undefined;
      const details = { ...optional('attemptId', parts.attemptId), ...optional('failure', failure) };
      return { ...origin, kind: 'refund', state, amount: parts.amount(), ...details };
    }
    case 'dispute_opened':
    case 'dispute_under_review':
    case 'dispute_won':
    case 'dispute_lost':
    case 'dispute_closed': {
      const state = name.slice('dispute_'.length) as DisputeState;
      return { ...origin, kind: 'dispute', state, amount: parts.amount() };
    }
    case 'processing':
      return { ...origin, kind: name, ...optional('payment', parts.payment()) };
    case 'failed':
    case 'failed_retryable':
      return {
        ...origin,
        kind: 'failed',
        retryable: name === 'failed_retryable',
        failure: parts.failure() ?? { code: 'unknown', message: null },
        ...optional('payment', parts.payment()),
        ...(name === 'failed_retryable' ? optional('nextAction', parts.nextAction() ?? undefined) : {}),
      };
    case 'requires_action':
      return { ...origin, kind: name, nextAction: parts.nextAction() };
    case 'requires_payment_method':
      return { ...origin, kind: name, ...optional('nextAction', parts.nextAction() ?? undefined) };
    default:
      return { ...origin, kind: name };
  }
}

/** A property that is left out if its value is undefined. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}
