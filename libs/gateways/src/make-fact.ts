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

/** What a fact is made of. Read only where the fact needs it: a status fact asks no body for an amount. */
export interface FactParts {
  readonly provider: GatewayProvider;
  readonly objectId: string;
  readonly relatedIds: readonly string[];
  /** Milliseconds of the epoch. */
  readonly occurredAt: number;
  /** What the object is part of; see `Fact`. */
  readonly parentId?: string | undefined;
  readonly reference?: string | undefined;
  /** Of a refund: what the gateway was told as the name of our attempt, if anything. */
  readonly attemptId?: string | undefined;
  amount(): Money;
  failure(): Failure | undefined;
  nextAction(): JsonValue;
  /** The attempt's own object, where the gateway has one beside the leg's. */
  payment(): PaymentAttempt | undefined;
}

/** The fact of that name. @throws WebhookError `unreadable` if a part that it needs cannot be read */
export function makeFact(name: FactName, parts: FactParts): Fact {
  const { provider, objectId, relatedIds, occurredAt } = parts;
  const origin = { provider, objectId, relatedIds, occurredAt, ...given('parentId', parts.parentId) };
  switch (name) {
    case 'captured':
    case 'authorized':
    case 'voided':
      return { ...origin, kind: name, amount: parts.amount(), ...given('reference', parts.reference) };
    case 'refund_pending':
    case 'refund_succeeded':
    case 'refund_failed':
    case 'refund_canceled': {
      const state = name.slice('refund_'.length) as RefundState;
      const failure = state === 'failed' ? parts.failure() : undefined;
      const said = { ...given('attemptId', parts.attemptId), ...given('failure', failure) };
      return { ...origin, kind: 'refund', state, amount: parts.amount(), ...said };
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
      return { ...origin, kind: name, ...given('payment', parts.payment()) };
    case 'failed':
    case 'failed_retryable':
      return {
        ...origin,
        kind: 'failed',
        retryable: name === 'failed_retryable',
        failure: parts.failure() ?? { code: 'unknown', message: null },
        ...given('payment', parts.payment()),
        ...(name === 'failed_retryable' ? given('nextAction', parts.nextAction() ?? undefined) : {}),
      };
    case 'requires_action':
      return { ...origin, kind: name, nextAction: parts.nextAction() };
    case 'requires_payment_method':
      return { ...origin, kind: name, ...given('nextAction', parts.nextAction() ?? undefined) };
    default:
      return { ...origin, kind: name };
  }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}
