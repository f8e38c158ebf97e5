export type { EntityManager } from 'typeorm';
export { type Answered, type AnswerOfGateway, applyAnswers } from './attempts/apply-answers.js';
export { attemptJson, unknownOutcomeJson } from './attempts/attempt-json.js';
export type { StoredVerdict } from './attempts/attempt-row.js';
export { countWaitingAttempts, type WaitingAttempts } from './attempts/count-waiting-attempts.js';
export {
  AnotherIsOpenError,
  AnswerNotBookedError,
  LeaseLostError,
  VerdictRefusedError,
} from './attempts/errors.js';
export { type GivenVerdict, giveVerdict } from './attempts/give-verdict.js';
export { insertAttempts, type NewAttempt } from './attempts/insert-attempts.js';
export {
  type AttemptLease,
  type LeasedAttempt,
  type LeasedAttempts,
  type LeaseOptions,
  leaseAttempts,
} from './attempts/lease-attempts.js';
export { loadSubject, loadSubjects } from './attempts/load-subjects.js';
export {
  countUnknownAttempts,
  readAttempt,
  readAttemptsOf,
  type StoredAttempt,
  type UnknownOutcomes,
} from './attempts/read-attempts.js';
export {
  readUnknownOutcomes,
  type UnknownOutcome,
  type UnknownOutcomeFilter,
  type UnknownOutcomePlace,
} from './attempts/read-unknown-outcomes.js';
export { type ResolvedAttempt, resolveAttempt } from './attempts/resolve-attempt.js';
export { type Settled, type Settlement, settle, settleAll } from './attempts/settle.js';
export { markAllSent, markSent, postpone, type Sending } from './attempts/write-attempt.js';
export {
  type Act,
  type AuditAction,
  type AuditEntry,
  type AuditRow,
  appendAudit,
  readAuditLog,
} from './audit/audit-log.js';
export { awaitDatabase } from './await-database.js';
export { type AppliedCommands, applyCommands } from './commands/apply-commands.js';
export type { CommandEntry } from './commands/command-entry.js';
export { type DueIntent, type DueOptions, findDueIntents } from './commands/find-due-intents.js';
export type { DecidedCommand } from './commands/fold-entries.js';
export type { GatewayRequestKey } from './commands/gateway-requests.js';
export { COMMAND_OUTCOMES_TOPIC, gatewayCommandsTopic } from './commands/outbox-of-commands.js';
export {
  DATABASE_TIMEOUTS,
  type Database,
  type DatabaseLogger,
  type DatabaseOptions,
  type DatabaseTimeouts,
  openDatabase,
  TransactionAbortedError,
} from './database.js';
export {
  type DatabaseError,
  databaseErrorOf,
  type StatementError,
  sqlState,
  type UnavailableCode,
  type UnavailableError,
} from './database-error.js';
export {
  type CommandEntity,
  commandSchema,
  type GatewayRequestEntity,
  gatewayRequestSchema,
} from './entities/command.js';
export {
  type ConsumerOffsetEntity,
  consumerOffsetSchema,
  type OutboxEntity,
  type OutboxLeaseEntity,
  outboxLeaseSchema,
  outboxSchema,
} from './entities/kafka-side.js';
export { type PaymentIntentEntity, paymentIntentSchema } from './entities/payment-intent.js';
export {
  type GatewayObjectRefEntity,
  gatewayObjectRefSchema,
  type IntentLegEntity,
  intentLegSchema,
  type PaymentIntentKeyEntity,
  paymentIntentKeySchema,
} from './entities/payment-intent-key.js';
export {
  type PaymentTransactionEntity,
  type PaymentTransactionKeyEntity,
  paymentTransactionKeySchema,
  paymentTransactionSchema,
} from './entities/payment-transaction.js';
export {
  type PaymentWebhookBodyEntity,
  type PaymentWebhookEntity,
  paymentWebhookBodySchema,
  paymentWebhookSchema,
} from './entities/payment-webhook.js';
export {
  type ChangedGatewayConfig,
  changeGatewayConfig,
  type GatewayConfigChange,
} from './gateway-configs/change-gateway-config.js';
export {
  readGatewayConfig,
  readGatewayConfigs,
  type StoredGatewayConfig,
} from './gateway-configs/read-gateway-configs.js';
export { appendOutbox, OUTBOX_SHARDS, type OutboxRow, outboxShardOf } from './outbox/append-outbox.js';
export {
  type LeaseRound,
  type LeaseRoundResult,
  makeOutboxLeases,
  type OutboxLease,
  releaseOutboxLeases,
  removeOutboxRelay,
  renewOutboxLeases,
} from './outbox/outbox-leases.js';
export {
  deletePublished,
  type PendingRow,
  parkOutbox,
  type ReadLimits,
  type RowToPark,
  readOutbox,
  unparkOutbox,
} from './outbox/outbox-rows.js';
export { listenToOutbox, type OutboxSignal, signalOutbox } from './outbox/outbox-signals.js';
export { OUTBOX_COUNT_MAX, type OutboxState, readOutboxState } from './outbox/outbox-state.js';
export {
  countStrayRows,
  dropWebhookBodyPartitions,
  ensurePartitions,
  PARTITIONS_AHEAD,
  type PartitionsAhead,
} from './partitions.js';
export { type Applied, applyToPayments } from './payments/apply-to-payments.js';
export { countUnprocessedWebhooks, type UnprocessedCount } from './payments/count-unprocessed.js';
export {
  type CreatedPayment,
  type Creation,
  createPayment,
  createPayments,
  type NewPaymentRow,
  type RefusedPayment,
} from './payments/create-payments.js';
export type { UnmatchedWebhook } from './payments/find-unmatched.js';
export { knownWebhooks } from './payments/known-webhooks.js';
export {
  type LeaseVerifyingOptions,
  leaseVerifying,
  type VerifyingWebhook,
} from './payments/lease-verifying.js';
export { type LoadedPayment, loadPaymentsForUpdate } from './payments/load-payments.js';
export { objectIdsOf } from './payments/object-ref.js';
export type { PaymentChange } from './payments/payment-change.js';
export type {
  FailedVerdict,
  KnownLeg,
  Report,
  ReportSource,
  SettledVerdict,
  UnmatchedVerdict,
  Verdict,
} from './payments/report.js';
export { INTENT_EVENTS_TOPIC, savePayments } from './payments/save-payments.js';
export {
  deferVerifying,
  refuseVerifying,
  type SettledVerified,
  type ShownByGateway,
  settleVerified,
} from './payments/settle-verified.js';
export {
  type DeferredWebhook,
  type ReadWaiting,
  type SettledWaiting,
  type SettledWebhook,
  type SettleWaitingOptions,
  settleWaiting,
  type WaitingReading,
  type WaitingWebhook,
} from './payments/settle-waiting.js';
export { settleWebhooks, type WebhookSettlement } from './payments/settle-webhooks.js';
export { VersionConflictError } from './payments/version-conflict-error.js';
export { intentJson } from './reads/intent-json.js';
export { readArchivedIntentsOfOrder } from './reads/read-archived-intents.js';
export { readCommand, type StoredCommand } from './reads/read-command.js';
export {
  type IntentPlace,
  isArchivedIntent,
  readCustomerPayments,
  readIntent,
  readIntentsNewerThan,
  readOrderPayments,
} from './reads/read-intents.js';
export {
  readTimeline,
  type TimelineEntry,
  type TimelineKind,
  type TimelinePlace,
  timelineEntryJson,
} from './reads/read-timeline.js';
export { readWebhookStatistics, type WebhookStatistics } from './reads/read-webhook-statistics.js';
export type { StoredIntent } from './reads/stored-intent.js';
export { openReadReplica, type ReadReplica, type ReadReplicaOptions } from './replica/read-replica.js';
export { migrate } from './run-migrations.js';
export {
  type ConsumerOffset,
  readConsumerOffsets,
  saveConsumerOffsets,
} from './statements/consumer-offsets.js';
export { insertWebhooks, type KafkaPosition, type WebhookRow } from './statements/insert-webhooks.js';
