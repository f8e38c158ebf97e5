export type { EntityManager } from 'typeorm';
export { applyAnswers } from './attempts/apply-answers.js';
export { listenToApprovals, signalApprovals } from './attempts/approval-signals.js';
export { attemptJson, unknownOutcomeJson } from './attempts/attempt-json.js';
export { countWaitingAttempts } from './attempts/count-waiting-attempts.js';
export {
  AnotherIsOpenError,
  AnswerNotBookedError,
  IntentArchivedError,
  LeaseLostError,
  VerdictRefusedError,
} from './attempts/errors.js';
export { type GivenVerdict, giveVerdict } from './attempts/give-verdict.js';
export { insertAttempts, type NewAttempt } from './attempts/insert-attempts.js';
export { type LeasedAttempt, leaseAttempts } from './attempts/lease-attempts.js';
export { loadSubject, loadSubjects } from './attempts/load-subjects.js';
export { markAllSent } from './attempts/mark-sent.js';
export { postpone, postponeAll } from './attempts/postpone.js';
export { putOffArchived } from './attempts/put-off-archived.js';
export {
  countUnknownAttempts,
  readAttempt,
  readAttemptsOf,
  type StoredAttempt,
} from './attempts/read-attempts.js';
export {
  readUnknownOutcomes,
  type UnknownOutcome,
  type UnknownOutcomePlace,
} from './attempts/read-unknown-outcomes.js';
export { type ResolvedAttempt, resolveAttempt } from './attempts/resolve-attempt.js';
export { type Settled, type Settlement, settle, settleAll } from './attempts/settle.js';
export { type RefusedAttempt, tellRefused } from './attempts/tell-refused.js';
export { wakeWaiting } from './attempts/wake-attempts.js';
export { type AuditEntry, readAuditLog } from './audit/audit-log.js';
export { awaitDatabase } from './await-database.js';
export { type AppliedCommands, applyCommands } from './commands/apply-commands.js';
export type { CommandEntry } from './commands/command-entry.js';
export { type DueIntent, type DueOptions, findDueIntents } from './commands/find-due-intents.js';
export type { DecidedCommand } from './commands/fold-entries.js';
export { COMMAND_OUTCOMES_TOPIC, gatewayCommandsTopic } from './commands/outbox-of-commands.js';
export { type Database, openDatabase } from './database.js';
export { type DatabaseError, databaseErrorOf, sqlState } from './database-error.js';
export { type PaymentIntentEntity, paymentIntentSchema } from './entities/payment-intent.js';
export {
  type GatewayObjectRefEntity,
  gatewayObjectRefSchema,
  type IntentLegEntity,
  intentLegSchema,
} from './entities/payment-intent-key.js';
export {
  type PaymentTransactionEntity,
  paymentTransactionKeySchema,
  paymentTransactionSchema,
} from './entities/payment-transaction.js';
export { paymentWebhookBodySchema, paymentWebhookSchema } from './entities/payment-webhook.js';
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
export { appendOutbox, outboxShardOf } from './outbox/append-outbox.js';
export {
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
  type RowToPark,
  readOutbox,
  unparkOutbox,
} from './outbox/outbox-rows.js';
export { listenToOutbox, type OutboxListener, signalOutbox } from './outbox/outbox-signals.js';
export { type OutboxState, readOutboxState } from './outbox/outbox-state.js';
export { countStrayRows, ensurePartitions } from './partitions.js';
export { type Applied, applyToPayments } from './payments/apply-to-payments.js';
export { countUnprocessedWebhooks } from './payments/count-unprocessed.js';
export {
  type CreatedPayment,
  createPayment,
  createPayments,
  type NewPaymentRow,
} from './payments/create-payments.js';
export { knownWebhooks } from './payments/known-webhooks.js';
export { leaseVerifying, type VerifyingWebhook } from './payments/lease-verifying.js';
export { loadPaymentsForUpdate } from './payments/load-payments.js';
export { objectIdsOf } from './payments/object-ref.js';
export type { PaymentChange } from './payments/payment-change.js';
export type { Report, Verdict } from './payments/report.js';
export { INTENT_EVENTS_TOPIC } from './payments/save-payments.js';
export type { SettledByReport } from './payments/settle-by-report.js';
export { deferVerifying, refuseVerifying, settleVerified } from './payments/settle-verified.js';
export {
  type DeferredWebhook,
  type ReadWaiting,
  type SettledWaiting,
  type SettledWebhook,
  settleWaiting,
} from './payments/settle-waiting.js';
export { findUnread, settleUnread, settleUnreadAs, type UnreadWebhook } from './payments/unread-webhooks.js';
export { VersionConflictError } from './payments/version-conflict-error.js';
export { intentJson } from './reads/intent-json.js';
export { readArchivedIntentsOfOrder } from './reads/read-archived-intents.js';
export { readCommand } from './reads/read-command.js';
export {
  type IntentPlace,
  isArchivedIntent,
  readCustomerPayments,
  readIntent,
  readIntents,
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
export { readWebhookStatistics } from './reads/read-webhook-statistics.js';
export type { StoredIntent } from './reads/stored-intent.js';
export { openReadReplica, type ReadReplica } from './replica/read-replica.js';
export { readConsumerOffsets, saveConsumerOffsets } from './statements/consumer-offsets.js';
export { insertWebhooks, type KafkaPosition, type WebhookRow } from './statements/insert-webhooks.js';
