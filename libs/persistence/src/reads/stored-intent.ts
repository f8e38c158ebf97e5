import type {
  CaptureMethod,
  Failure,
  GatewayProvider,
  IntentId,
  IntentStatus,
  JsonValue,
} from '@payments/domain';

/** An intent in the read model; amounts in minor units of `currency`. */
export interface StoredIntent {
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  /** As named by the creation. */
  readonly gatewayProvider: GatewayProvider;
  readonly attempt: number;
  readonly amount: bigint;
  readonly currency: string;
  readonly captureMethod: CaptureMethod;
  readonly confirmRequested: boolean;
  readonly paymentMethodToken: string | null;
  readonly fallbacks: readonly JsonValue[];
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly status: IntentStatus;
  readonly version: number;
  readonly amountCaptured: bigint;
  readonly amountRefunded: bigint;
  readonly gatewayIntentId: string | null;
  /** The gateway of that id: after a failover it differs from the one in the creation. */
  readonly currentGatewayProvider: GatewayProvider;
  readonly nextAction: JsonValue;
  readonly lastError: Failure | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
}

export interface IntentRow {
  readonly intent_id: IntentId;
  readonly order_id: string;
  readonly customer_id: string;
  readonly gateway_provider: GatewayProvider;
  readonly attempt: number;
  readonly amount: string;
  readonly currency: string;
  readonly capture_method: CaptureMethod;
  readonly confirm_requested: boolean;
  readonly payment_method_token: string | null;
  readonly fallbacks: readonly JsonValue[];
  readonly return_url: string | null;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly status: IntentStatus;
  readonly version: string;
  readonly amount_captured: string;
  readonly amount_refunded: string;
  readonly gateway_intent_id: string | null;
  readonly current_gateway_provider: GatewayProvider;
  readonly next_action: JsonValue;
  readonly last_error: Failure | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly expires_at: Date | null;
}

/** Of `payment_intents intent`, with {@link CURRENT_LEG}. */
export const INTENT_COLUMNS = `intent.intent_id, intent.order_id, intent.customer_id, intent.gateway_provider,
  intent.attempt, intent.amount, intent.currency, intent.capture_method, intent.confirm_requested,
  intent.payment_method_token, intent.fallbacks, intent.return_url, intent.metadata, intent.status, intent.version,
  intent.amount_captured, intent.amount_refunded, intent.gateway_intent_id, intent.next_action, intent.last_error,
  intent.created_at, intent.updated_at, intent.expires_at, leg.gateway_provider AS current_gateway_provider`;

/** The current leg of an intent: joined, which costs Postgres less than a subquery. */
export const CURRENT_LEG = `LEFT JOIN intent_legs leg
  ON leg.payment_intent_id = intent.id AND leg.leg = intent.current_leg`;

/** The intent of a key row: its id determines the partition. */
export const INTENT_OF_KEY = `JOIN payment_intents intent
  ON intent.id = key.payment_intent_id AND intent.created_at = uuid_v7_time(key.payment_intent_id)`;

export function intentOfRow(row: IntentRow): StoredIntent {
  return {
    intentId: row.intent_id,
    orderId: row.order_id,
    customerId: row.customer_id,
    gatewayProvider: row.gateway_provider,
    attempt: row.attempt,
    amount: BigInt(row.amount),
    currency: row.currency,
    captureMethod: row.capture_method,
    confirmRequested: row.confirm_requested,
    paymentMethodToken: row.payment_method_token,
    fallbacks: row.fallbacks,
    returnUrl: row.return_url,
    metadata: row.metadata,
    status: row.status,
    version: Number(row.version),
    amountCaptured: BigInt(row.amount_captured),
    amountRefunded: BigInt(row.amount_refunded),
    gatewayIntentId: row.gateway_intent_id,
    currentGatewayProvider: row.current_gateway_provider,
    nextAction: row.next_action,
    lastError: row.last_error,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    expiresAt: row.expires_at,
  };
}
