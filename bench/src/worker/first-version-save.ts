import { randomUUID } from 'node:crypto';
import type { WebhookReceived } from '@payments/contracts';
import {
  asIntentRowId,
  currencyExponent,
  decideAll,
  type FoldedDecisions,
  type GatewayProvider,
  type IntentId,
  isGatewayProvider,
  type JsonValue,
  onLeg,
  type Payment,
  strongestOutcome,
  type TransactionState,
  transactionKeyOf,
  uuidv7,
  uuidv7Time,
  type WebhookStatus,
} from '@payments/domain';
import { readWebhook, type WebhookReading } from '@payments/gateways';
import {
  type EntityManager,
  type GatewayObjectRefEntity,
  gatewayObjectRefSchema,
  type IntentLegEntity,
  intentLegSchema,
  type KafkaPosition,
  objectIdsOf,
  type PaymentIntentEntity,
  type PaymentTransactionEntity,
  paymentIntentSchema,
  paymentTransactionKeySchema,
  paymentTransactionSchema,
  paymentWebhookBodySchema,
  paymentWebhookSchema,
} from '@payments/persistence';

/** A payment as TypeORM loads it. */
interface Loaded {
  readonly intent: PaymentIntentEntity;
  readonly legs: IntentLegEntity[];
  readonly transactions: PaymentTransactionEntity[];
}

/** Saves a webhook with its effects on intent, legs, transactions and refs, one entity at a time. */
export async function saveWebhook(
  em: EntityManager,
  webhook: WebhookReceived,
  body: Buffer,
  position: KafkaPosition,
): Promise<void> {
  const { webhookId, provider } = webhook;
  if (!isGatewayProvider(provider)) throw new Error(`no gateway is called ${provider}`);
  if (await em.findOneBy(paymentWebhookSchema, { webhookId })) return;
  const reading = readWebhook(provider, body);
  const ids = objectIdsOf(reading);
  const refs = await em
    .createQueryBuilder(gatewayObjectRefSchema, 'ref')
    .where('ref.gatewayProvider = :provider AND ref.objectId IN (:...ids)', { provider, ids })
    .getMany();
  const loaded = reading.facts.length === 0 ? null : await loadPayment(em, refs, reading);
  let status: WebhookStatus = reading.facts.length === 0 ? 'IGNORED' : 'UNMATCHED';
  if (loaded !== null) status = await applyFacts(em, loaded, refs, reading);
  if (loaded !== null) await saveRefs(em, provider, ids, refs, loaded.intent.id);
  await em.save(paymentWebhookSchema, {
    id: uuidv7(),
    webhookId,
    gatewayProvider: provider,
    eventType: webhook.eventType,
    status,
    source: webhook.source === 'reconciliation' ? 'reconciliation' : 'gateway',
    objectIds: ids,
    paymentIntentId: loaded?.intent.id ?? null,
    eventTime: reading.eventTime,
    error: null,
    receivedAt: new Date(webhook.receivedAt),
    processedAt: new Date(),
    kafkaTopic: position.topic,
    kafkaPartition: position.partition,
    kafkaOffset: position.offset,
  });
  await em.save(paymentWebhookBodySchema, {
    receivedAt: new Date(webhook.receivedAt),
    webhookId,
    sealedBody: webhook.sealedBody,
  });
}

async function loadPayment(
  em: EntityManager,
  refs: readonly GatewayObjectRefEntity[],
  { intentId }: WebhookReading,
): Promise<Loaded | null> {
  const known = refs.find(({ paymentIntentId }) => paymentIntentId !== null)?.paymentIntentId;
  if (!known && intentId === undefined) return null;
  const intent = await em.findOne(paymentIntentSchema, {
    where: known ? { id: known, createdAt: uuidv7Time(known) } : { intentId: intentId ?? '' },
    lock: { mode: 'pessimistic_write' },
  });
  if (intent === null) return null;
  const ofIntent = { paymentIntentId: intent.id };
  const legs = await em.findBy(intentLegSchema, ofIntent);
  const transactions = await em.findBy(paymentTransactionSchema, ofIntent);
  return { intent, legs, transactions };
}

async function applyFacts(
  em: EntityManager,
  loaded: Loaded,
  refs: readonly GatewayObjectRefEntity[],
  { facts }: WebhookReading,
): Promise<WebhookStatus> {
  const leg = refs.find((ref) => ref.leg !== null)?.leg ?? loaded.intent.currentLeg;
  const folded = decideAll(
    paymentOf(loaded),
    facts.map((fact) => onLeg(fact, leg)),
  );
  if (folded.intentChanged) await em.save(paymentIntentSchema, changedIntent(loaded.intent, folded));
  for (const changed of folded.legs) {
    await em.save(intentLegSchema, {
      ...loaded.legs.find((one) => one.leg === changed.leg),
      statusFact: changed.lastStatusFact?.fact ?? null,
      statusEventTime: changed.lastStatusFact && new Date(changed.lastStatusFact.occurredAt),
    });
  }
  for (const { action, transaction } of folded.transactions) {
    if (action === 'insert') await insertTransaction(em, loaded.intent.id, transaction);
    else await updateTransaction(em, loaded.transactions, transaction);
  }
  return strongestOutcome(folded.decisions.map(({ outcome }) => outcome));
}

function changedIntent(intent: PaymentIntentEntity, { payment }: FoldedDecisions): PaymentIntentEntity {
  const { status, version, currentLeg, lastError, nextAction, ...sums } = payment.intent;
  return {
    ...intent,
    status,
    currentLeg,
    version: BigInt(version),
    updatedAt: new Date(),
    lastError,
    nextAction: objectOrNull(nextAction),
    amountAuthorized: sums.amountAuthorized,
    amountCaptured: sums.amountCaptured,
    amountRefunded: sums.amountRefunded,
    amountRefundPending: sums.amountRefundPending,
    amountDisputed: sums.amountDisputed,
  };
}

async function insertTransaction(
  em: EntityManager,
  paymentIntentId: string,
  state: TransactionState,
): Promise<void> {
  const id = uuidv7();
  const transactionId = randomUUID();
  const named = { gatewayProvider: state.provider, type: state.type, paymentIntentId, id, transactionId };
  await em.save(paymentTransactionKeySchema, { ...named, gatewayObjectId: state.objectId });
  const now = new Date();
  await em.save(paymentTransactionSchema, {
    ...named,
    createdAt: uuidv7Time(id),
    updatedAt: now,
    ...columnsOf(state),
    processedAt: state.status === 'PENDING' ? null : now,
    reconciledAt: null,
    source: 'gateway',
    gatewayTransactionId: state.objectId,
  });
}

async function updateTransaction(
  em: EntityManager,
  stored: readonly PaymentTransactionEntity[],
  state: TransactionState,
): Promise<void> {
  const key = transactionKeyOf(state);
  const row = stored.find((one) => transactionKeyOf(stateOf(one)) === key);
  await em.save(paymentTransactionSchema, { ...row, ...columnsOf(state), updatedAt: new Date() });
}

function columnsOf({ status, amount, leg, occurredAt, reference, parentId, failure }: TransactionState) {
  return {
    status,
    leg,
    amount: amount.amountMinor,
    currency: amount.currency,
    currencyExponent: currencyExponent(amount.currency),
    eventTime: new Date(occurredAt),
    gatewayReference: reference,
    gatewayParentId: parentId,
    failureCode: failure?.code ?? null,
    failureMessage: failure?.message ?? null,
  };
}

async function saveRefs(
  em: EntityManager,
  gatewayProvider: GatewayProvider,
  ids: readonly string[],
  known: readonly GatewayObjectRefEntity[],
  paymentIntentId: string,
): Promise<void> {
  for (const objectId of ids) {
    if (known.some((ref) => ref.objectId === objectId)) continue;
    await em.save(gatewayObjectRefSchema, { gatewayProvider, objectId, paymentIntentId, leg: 1 });
  }
}

function paymentOf({ intent, legs, transactions }: Loaded): Payment {
  const states = transactions.map(stateOf);
  return {
    intent: {
      ...intent,
      id: asIntentRowId(intent.id),
      intentId: intent.intentId as IntentId,
      version: Number(intent.version),
      expiresAt: intent.expiresAt?.getTime() ?? null,
      lastError: intent.lastError as Payment['intent']['lastError'],
      nextAction: intent.nextAction as JsonValue,
    },
    legs: legs
      .map(({ leg, gatewayProvider, gatewayObjectId, paymentMethodToken, statusFact, statusEventTime }) => ({
        leg,
        provider: gatewayProvider,
        gatewayObjectId,
        hasToken: paymentMethodToken !== null,
        lastStatusFact:
          statusFact && statusEventTime ? { fact: statusFact, occurredAt: statusEventTime.getTime() } : null,
      }))
      .sort((a, b) => a.leg - b.leg),
    transactions: new Map(states.map((state) => [transactionKeyOf(state), state])),
  };
}

function stateOf(row: PaymentTransactionEntity): TransactionState {
  return {
    provider: row.gatewayProvider,
    type: row.type,
    leg: row.leg,
    status: row.status,
    objectId: row.gatewayTransactionId,
    amount: { amountMinor: row.amount, currency: row.currency },
    occurredAt: (row.eventTime ?? row.createdAt).getTime(),
    reference: row.gatewayReference,
    parentId: row.gatewayParentId,
    failure: row.failureCode === null ? null : { code: row.failureCode, message: row.failureMessage },
  };
}

function objectOrNull(value: JsonValue): object | null {
  return typeof value === 'object' ? value : null;
}
