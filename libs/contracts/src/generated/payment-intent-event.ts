// Generated from schemas/payment-intent-event.avsc by `npm run generate -w libs/contracts`. Change the schema, not this.

/** Why a gateway did not do something, in its own words. */
export interface IntentFailure {
  /** The gateway's own code. */
  code: string;
  /** For people. */
  message: null | string;
}

/** One movement of money, as last reported by its gateway. */
export interface IntentTransaction {
  /** stripe, paypal or razorpay. */
  provider: string;
  /** PAYMENT (captured money), AUTHORIZATION, REFUND, VOID or DISPUTE. */
  type: string;
  /** The gateway's id of it. Provider, type and this together are unique. */
  objectId: string;
  /** The leg of the intent that it belongs to. */
  leg: number;
  /** PENDING, SUCCEEDED, FAILED or CANCELED. Of a dispute SUCCEEDED means lost and FAILED means won. */
  status: string;
  /** In minor units of its own currency. */
  amount: number;
  /** ISO 4217. Money of another currency than the intent's is in none of the sums. */
  currency: string;
  /** The gateway's time of the report, in milliseconds since the epoch. */
  occurredAt: number;
  /** Another gateway id of the same movement, such as Stripe's charge. */
  reference: null | string;
  /** Why it failed, if it did. */
  failure: null | IntentFailure;
}

/** One change of a payment intent, and the intent after it. Amounts are in minor units of their currency. Versions of one intent have no gaps; delivery is at least once, so drop a version that is not newer than the last one seen. */
export interface PaymentIntentEvent {
  /** The fact that made the change, such as captured or refund_succeeded; late_success: captured after the payment had ended; transaction_recorded: the status stayed; or the command: created, canceled, expired; or what became of calls at gateways: call_failed (the status stayed, lastError says why), failed_over (it goes on at another gateway), canceled again (its gateway, which had refused at first, has canceled it too; the status stayed). New types may come. */
  type: string;
  /** The intent's version after the change: the one before it plus one, counted from 1, which is the intent's creation. */
  version: number;
  /** The intent's public id, a UUID; also the record's key. */
  intentId: string;
  /** The order it pays, as the order service named it. */
  orderId: string;
  /** The customer who pays, as the order service named them. */
  customerId: string;
  /** After the change: CREATED, REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION, PROCESSING, REQUIRES_CAPTURE, SUCCEEDED, CANCELED, FAILED or EXPIRED. A string, since an Avro enum could not grow under BACKWARD compatibility. */
  status: string;
  /** Before the change; the same if the status stayed. */
  previousStatus: string;
  /** What was asked for. */
  amount: number;
  /** ISO 4217, three capital letters; of every amount of the intent. */
  currency: string;
  /** Ever held and not voided; a capture does not lower it. */
  amountAuthorized: number;
  /** All captures, a duplicate charge included. */
  amountCaptured: number;
  /** Refunds that succeeded. */
  amountRefunded: number;
  /** Refunds under way. */
  amountRefundPending: number;
  /** In disputes that are open or lost; may exceed the captures. */
  amountDisputed: number;
  /** Which of the intent's gateway objects counts now, from 1. It moves on failover, and when money comes in on another one. */
  currentLeg: number;
  /** The gateway's time of the fact, in milliseconds since the epoch. May be older than that of an earlier version. */
  occurredAt: number;
  /** The movement of money that the change recorded or moved on, if it did. */
  transaction: null | IntentTransaction;
  /** Why the payment did not go on, until it does. */
  lastError: null | IntentFailure;
  /** What the customer has to do next, as JSON text in the gateway's own form. */
  nextAction: null | string;
  /** What a person has to look at because of this change: DUPLICATE_CHARGE, ORDER_PAID_TWICE, REFUND_EXCEEDS_CAPTURE, AMOUNT_MISMATCH, CURRENCY_MISMATCH, UNEXPECTED_AUTHORIZATION; more may come. */
  alerts: readonly (string)[];
  /** The command that made the change (created, canceled, expired), whose call at a gateway came to nothing (call_failed, failed_over, failed), or that asked for the refund (refund_pending, refund_succeeded, refund_failed, refund_canceled). Null for whatever else a gateway reports, and for refunds that nobody asked for here. */
  commandId: null | string;
}

/** The Avro schema of {@link PaymentIntentEvent}. */
export const paymentIntentEventSchema = {
  "type": "record",
  "name": "PaymentIntentEvent",
  "namespace": "payments.intent",
  "doc": "One change of a payment intent, and the intent after it. Amounts are in minor units of their currency. Versions of one intent have no gaps; delivery is at least once, so drop a version that is not newer than the last one seen.",
  "fields": [
    {
      "name": "type",
      "type": "string",
      "doc": "The fact that made the change, such as captured or refund_succeeded; late_success: captured after the payment had ended; transaction_recorded: the status stayed; or the command: created, canceled, expired; or what became of calls at gateways: call_failed (the status stayed, lastError says why), failed_over (it goes on at another gateway), canceled again (its gateway, which had refused at first, has canceled it too; the status stayed). New types may come."
    },
    {
      "name": "version",
      "type": "long",
      "doc": "The intent's version after the change: the one before it plus one, counted from 1, which is the intent's creation."
    },
    {
      "name": "intentId",
      "type": "string",
      "doc": "The intent's public id, a UUID; also the record's key."
    },
    {
      "name": "orderId",
      "type": "string",
      "doc": "The order it pays, as the order service named it."
    },
    {
      "name": "customerId",
      "type": "string",
      "doc": "The customer who pays, as the order service named them."
    },
    {
      "name": "status",
      "type": "string",
      "doc": "After the change: CREATED, REQUIRES_PAYMENT_METHOD, REQUIRES_CONFIRMATION, REQUIRES_ACTION, PROCESSING, REQUIRES_CAPTURE, SUCCEEDED, CANCELED, FAILED or EXPIRED. A string, since an Avro enum could not grow under BACKWARD compatibility."
    },
    {
      "name": "previousStatus",
      "type": "string",
      "doc": "Before the change; the same if the status stayed."
    },
    {
      "name": "amount",
      "type": "long",
      "doc": "What was asked for."
    },
    {
      "name": "currency",
      "type": "string",
      "doc": "ISO 4217, three capital letters; of every amount of the intent."
    },
    {
      "name": "amountAuthorized",
      "type": "long",
      "doc": "Ever held and not voided; a capture does not lower it."
    },
    {
      "name": "amountCaptured",
      "type": "long",
      "doc": "All captures, a duplicate charge included."
    },
    {
      "name": "amountRefunded",
      "type": "long",
      "doc": "Refunds that succeeded."
    },
    {
      "name": "amountRefundPending",
      "type": "long",
      "doc": "Refunds under way."
    },
    {
      "name": "amountDisputed",
      "type": "long",
      "doc": "In disputes that are open or lost; may exceed the captures."
    },
    {
      "name": "currentLeg",
      "type": "int",
      "doc": "Which of the intent's gateway objects counts now, from 1. It moves on failover, and when money comes in on another one."
    },
    {
      "name": "occurredAt",
      "type": {
        "type": "long",
        "logicalType": "timestamp-millis"
      },
      "doc": "The gateway's time of the fact, in milliseconds since the epoch. May be older than that of an earlier version."
    },
    {
      "name": "transaction",
      "type": [
        "null",
        {
          "type": "record",
          "name": "IntentTransaction",
          "doc": "One movement of money, as last reported by its gateway.",
          "fields": [
            {
              "name": "provider",
              "type": "string",
              "doc": "stripe, paypal or razorpay."
            },
            {
              "name": "type",
              "type": "string",
              "doc": "PAYMENT (captured money), AUTHORIZATION, REFUND, VOID or DISPUTE."
            },
            {
              "name": "objectId",
              "type": "string",
              "doc": "The gateway's id of it. Provider, type and this together are unique."
            },
            {
              "name": "leg",
              "type": "int",
              "doc": "The leg of the intent that it belongs to."
            },
            {
              "name": "status",
              "type": "string",
              "doc": "PENDING, SUCCEEDED, FAILED or CANCELED. Of a dispute SUCCEEDED means lost and FAILED means won."
            },
            {
              "name": "amount",
              "type": "long",
              "doc": "In minor units of its own currency."
            },
            {
              "name": "currency",
              "type": "string",
              "doc": "ISO 4217. Money of another currency than the intent's is in none of the sums."
            },
            {
              "name": "occurredAt",
              "type": {
                "type": "long",
                "logicalType": "timestamp-millis"
              },
              "doc": "The gateway's time of the report, in milliseconds since the epoch."
            },
            {
              "name": "reference",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "Another gateway id of the same movement, such as Stripe's charge."
            },
            {
              "name": "failure",
              "type": [
                "null",
                {
                  "type": "record",
                  "name": "IntentFailure",
                  "doc": "Why a gateway did not do something, in its own words.",
                  "fields": [
                    {
                      "name": "code",
                      "type": "string",
                      "doc": "The gateway's own code."
                    },
                    {
                      "name": "message",
                      "type": [
                        "null",
                        "string"
                      ],
                      "default": null,
                      "doc": "For people."
                    }
                  ]
                }
              ],
              "default": null,
              "doc": "Why it failed, if it did."
            }
          ]
        }
      ],
      "default": null,
      "doc": "The movement of money that the change recorded or moved on, if it did."
    },
    {
      "name": "lastError",
      "type": [
        "null",
        "IntentFailure"
      ],
      "default": null,
      "doc": "Why the payment did not go on, until it does."
    },
    {
      "name": "nextAction",
      "type": [
        "null",
        "string"
      ],
      "default": null,
      "doc": "What the customer has to do next, as JSON text in the gateway's own form."
    },
    {
      "name": "alerts",
      "type": {
        "type": "array",
        "items": "string"
      },
      "default": [],
      "doc": "What a person has to look at because of this change: DUPLICATE_CHARGE, ORDER_PAID_TWICE, REFUND_EXCEEDS_CAPTURE, AMOUNT_MISMATCH, CURRENCY_MISMATCH, UNEXPECTED_AUTHORIZATION; more may come."
    },
    {
      "name": "commandId",
      "type": [
        "null",
        "string"
      ],
      "default": null,
      "doc": "The command that made the change (created, canceled, expired), whose call at a gateway came to nothing (call_failed, failed_over, failed), or that asked for the refund (refund_pending, refund_succeeded, refund_failed, refund_canceled). Null for whatever else a gateway reports, and for refunds that nobody asked for here."
    }
  ]
};
