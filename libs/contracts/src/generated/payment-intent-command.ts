// Generated from schemas/payment-intent-command.avsc by `npm run generate -w libs/contracts`. Change the schema, not this.

/** Where to try when the gateway provably cannot be reached. */
export interface Fallback {
  /** stripe, paypal or razorpay. */
  gatewayProvider: string;
  /** That gateway's token. */
  paymentMethodToken: null | string;
}

/** A payment that is to come into being. */
export interface CreateIntent {
  /** The order that it pays. */
  orderId: string;
  /** The customer who pays. */
  customerId: string;
  /** stripe, paypal or razorpay. */
  gatewayProvider: string;
  /** From 1: names another payment of the same order and provider. */
  attempt: number;
  /** At least 1. */
  amount: number;
  /** ISO 4217, three capital letters. */
  currency: string;
  /** automatic or manual. */
  captureMethod: string;
  /** Confirm as soon as the gateway allows it. At Stripe it needs a paymentMethodToken, of a fallback as well. */
  confirm: boolean;
  /** The gateway's token; never a card number. */
  paymentMethodToken: null | string;
  /** In order; none means no failover. */
  fallbacks: readonly (Fallback)[];
  /** Lets the order have more than one live or paid payment. */
  allowAnother: boolean;
  /** Where the gateway sends the customer back to. */
  returnUrl: null | string;
  /** The order service's own words, given back with the intent. */
  metadata: Readonly<Record<string, string>>;
  /** When an unpaid intent ends as EXPIRED, in milliseconds since the epoch. */
  expiresAt: null | number;
}

/** The customer is ready to pay. */
export interface ConfirmIntent {
  /** In place of the creation's. */
  paymentMethodToken: null | string;
  /** Razorpay: the payment that its checkout made. */
  gatewayPaymentId: null | string;
  /** Razorpay: its checkout's signature of order and payment, hex. */
  gatewaySignature: null | string;
  /** In place of the creation's. */
  returnUrl: null | string;
}

/** Takes money that is held. */
export interface CaptureIntent {
  /** All that is held if left out; the rest of a smaller amount is released. */
  amount: null | number;
}

/** Ends a payment that holds no captured money. */
export interface CancelIntent {
  /** For people. */
  reason: null | string;
}

/** Gives captured money back. */
export interface RefundIntent {
  /** All that is left if left out. */
  amount: null | number;
  /** For people. */
  reason: null | string;
}

/** What somebody wants of a payment intent. Exactly the field that `type` names is set. Amounts are in minor units. A command is known by its id: sent again, by any path, it is the same command. It ends in one CommandOutcome. */
export interface PaymentIntentCommand {
  /** A UUID, chosen by the sender. */
  commandId: string;
  /** create, confirm, capture, cancel, refund or expire. A string, since an Avro enum could not grow under BACKWARD compatibility. */
  type: string;
  /** The intent's public id, a UUID; also the record's key. Of a creation: UUIDv5 of order, provider and attempt. */
  intentId: string;
  /** When it was sent, in milliseconds since the epoch. */
  issuedAt: number;
  /** From then on it must not be begun any more: it is rejected as COMMAND_EXPIRED. */
  notAfter: null | number;
  /** Who sent it, for the timeline: the id of an API key, or a service's name. */
  sender: string;
  /** Of a creation. */
  create: null | CreateIntent;
  /** Of a confirmation. */
  confirm: null | ConfirmIntent;
  /** Of a capture. */
  capture: null | CaptureIntent;
  /** Of a cancellation. */
  cancel: null | CancelIntent;
  /** Of a refund. */
  refund: null | RefundIntent;
}

/** The Avro schema of {@link PaymentIntentCommand}. */
export const paymentIntentCommandSchema = {
  "type": "record",
  "name": "PaymentIntentCommand",
  "namespace": "payments.intent",
  "doc": "What somebody wants of a payment intent. Exactly the field that `type` names is set. Amounts are in minor units. A command is known by its id: sent again, by any path, it is the same command. It ends in one CommandOutcome.",
  "fields": [
    {
      "name": "commandId",
      "type": "string",
      "doc": "A UUID, chosen by the sender."
    },
    {
      "name": "type",
      "type": "string",
      "doc": "create, confirm, capture, cancel, refund or expire. A string, since an Avro enum could not grow under BACKWARD compatibility."
    },
    {
      "name": "intentId",
      "type": "string",
      "doc": "The intent's public id, a UUID; also the record's key. Of a creation: UUIDv5 of order, provider and attempt."
    },
    {
      "name": "issuedAt",
      "type": {
        "type": "long",
        "logicalType": "timestamp-millis"
      },
      "doc": "When it was sent, in milliseconds since the epoch."
    },
    {
      "name": "notAfter",
      "type": [
        "null",
        {
          "type": "long",
          "logicalType": "timestamp-millis"
        }
      ],
      "default": null,
      "doc": "From then on it must not be begun any more: it is rejected as COMMAND_EXPIRED."
    },
    {
      "name": "sender",
      "type": "string",
      "default": "",
      "doc": "Who sent it, for the timeline: the id of an API key, or a service's name."
    },
    {
      "name": "create",
      "type": [
        "null",
        {
          "type": "record",
          "name": "CreateIntent",
          "doc": "A payment that is to come into being.",
          "fields": [
            {
              "name": "orderId",
              "type": "string",
              "doc": "The order that it pays."
            },
            {
              "name": "customerId",
              "type": "string",
              "doc": "The customer who pays."
            },
            {
              "name": "gatewayProvider",
              "type": "string",
              "doc": "stripe, paypal or razorpay."
            },
            {
              "name": "attempt",
              "type": "int",
              "default": 1,
              "doc": "From 1: names another payment of the same order and provider."
            },
            {
              "name": "amount",
              "type": "long",
              "doc": "At least 1."
            },
            {
              "name": "currency",
              "type": "string",
              "doc": "ISO 4217, three capital letters."
            },
            {
              "name": "captureMethod",
              "type": "string",
              "default": "automatic",
              "doc": "automatic or manual."
            },
            {
              "name": "confirm",
              "type": "boolean",
              "default": false,
              "doc": "Confirm as soon as the gateway allows it. At Stripe it needs a paymentMethodToken, of a fallback as well."
            },
            {
              "name": "paymentMethodToken",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "The gateway's token; never a card number."
            },
            {
              "name": "fallbacks",
              "type": {
                "type": "array",
                "items": {
                  "type": "record",
                  "name": "Fallback",
                  "doc": "Where to try when the gateway provably cannot be reached.",
                  "fields": [
                    {
                      "name": "gatewayProvider",
                      "type": "string",
                      "doc": "stripe, paypal or razorpay."
                    },
                    {
                      "name": "paymentMethodToken",
                      "type": [
                        "null",
                        "string"
                      ],
                      "default": null,
                      "doc": "That gateway's token."
                    }
                  ]
                }
              },
              "default": [],
              "doc": "In order; none means no failover."
            },
            {
              "name": "allowAnother",
              "type": "boolean",
              "default": false,
              "doc": "Lets the order have more than one live or paid payment."
            },
            {
              "name": "returnUrl",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "Where the gateway sends the customer back to."
            },
            {
              "name": "metadata",
              "type": {
                "type": "map",
                "values": "string"
              },
              "default": {},
              "doc": "The order service's own words, given back with the intent."
            },
            {
              "name": "expiresAt",
              "type": [
                "null",
                {
                  "type": "long",
                  "logicalType": "timestamp-millis"
                }
              ],
              "default": null,
              "doc": "When an unpaid intent ends as EXPIRED, in milliseconds since the epoch."
            }
          ]
        }
      ],
      "default": null,
      "doc": "Of a creation."
    },
    {
      "name": "confirm",
      "type": [
        "null",
        {
          "type": "record",
          "name": "ConfirmIntent",
          "doc": "The customer is ready to pay.",
          "fields": [
            {
              "name": "paymentMethodToken",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "In place of the creation's."
            },
            {
              "name": "gatewayPaymentId",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "Razorpay: the payment that its checkout made."
            },
            {
              "name": "gatewaySignature",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "Razorpay: its checkout's signature of order and payment, hex."
            },
            {
              "name": "returnUrl",
              "type": [
                "null",
                "string"
              ],
              "default": null,
              "doc": "In place of the creation's."
            }
          ]
        }
      ],
      "default": null,
      "doc": "Of a confirmation."
    },
    {
      "name": "capture",
      "type": [
        "null",
        {
          "type": "record",
          "name": "CaptureIntent",
          "doc": "Takes money that is held.",
          "fields": [
            {
              "name": "amount",
              "type": [
                "null",
                "long"
              ],
              "default": null,
              "doc": "All that is held if left out; the rest of a smaller amount is released."
            }
          ]
        }
      ],
      "default": null,
      "doc": "Of a capture."
    },
    {
      "name": "cancel",
      "type": [
        "null",
        {
          "type": "record",
          "name": "CancelIntent",
          "doc": "Ends a payment that holds no captured money.",
          "fields": [
            {
              "name": "reason",
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
      "doc": "Of a cancellation."
    },
    {
      "name": "refund",
      "type": [
        "null",
        {
          "type": "record",
          "name": "RefundIntent",
          "doc": "Gives captured money back.",
          "fields": [
            {
              "name": "amount",
              "type": [
                "null",
                "long"
              ],
              "default": null,
              "doc": "All that is left if left out."
            },
            {
              "name": "reason",
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
      "doc": "Of a refund."
    }
  ]
};
