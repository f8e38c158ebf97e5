import { TimeOfIds1764000000001 } from './1764000000001-time-of-ids.js';
import { PaymentIntents1764000000002 } from './1764000000002-payment-intents.js';
import { PaymentIntentKeys1764000000003 } from './1764000000003-payment-intent-keys.js';
import { PaymentTransactions1764000000004 } from './1764000000004-payment-transactions.js';
import { PaymentWebhooks1764000000005 } from './1764000000005-payment-webhooks.js';
import { KafkaSide1764000000006 } from './1764000000006-kafka-side.js';
import { WebhookEffects1764000000008 } from './1764000000008-webhook-effects.js';
import { TransactionsOfAnIntent1764000000009 } from './1764000000009-transactions-of-an-intent.js';
import { OutboxRelays1764000000010 } from './1764000000010-outbox-relays.js';
import { OutboxFirst1764000000011 } from './1764000000011-outbox-first.js';
import { ParentsOfTransactions1764000000013 } from './1764000000013-parents-of-transactions.js';
import { WaitingWebhooks1764000000014 } from './1764000000014-waiting-webhooks.js';
import { Commands1764000000020 } from './1764000000020-commands.js';
import { GatewayAttempts1764000000021 } from './1764000000021-gateway-attempts.js';
import { GatewayConfigs1764000000022 } from './1764000000022-gateway-configs.js';
import { ReusedCommandIds1764000000023 } from './1764000000023-reused-command-ids.js';
import { OrdersPaidElsewhere1764000000024 } from './1764000000024-orders-paid-elsewhere.js';
import { OutboxAsTold1764000000026 } from './1764000000026-outbox-as-told.js';
import { AttemptsOutOfTime1764000000028 } from './1764000000028-attempts-out-of-time.js';
import { RefundsOfAttempts1764000000029 } from './1764000000029-refunds-of-attempts.js';
import { ErrorsOfInquiries1764000000030 } from './1764000000030-errors-of-inquiries.js';

/** In order. One that has been released is never edited: what it made is out there. */
export const MIGRATIONS = [
  TimeOfIds1764000000001,
  PaymentIntents1764000000002,
  PaymentIntentKeys1764000000003,
  PaymentTransactions1764000000004,
  PaymentWebhooks1764000000005,
  KafkaSide1764000000006,
  WebhookEffects1764000000008,
  TransactionsOfAnIntent1764000000009,
  OutboxRelays1764000000010,
  OutboxFirst1764000000011,
  ParentsOfTransactions1764000000013,
  WaitingWebhooks1764000000014,
  Commands1764000000020,
  GatewayAttempts1764000000021,
  GatewayConfigs1764000000022,
  ReusedCommandIds1764000000023,
  OrdersPaidElsewhere1764000000024,
  OutboxAsTold1764000000026,
  AttemptsOutOfTime1764000000028,
  RefundsOfAttempts1764000000029,
  ErrorsOfInquiries1764000000030,
];
