import {
  type BatchingProducer,
  type ConsumedBatch,
  type KafkaConnection,
  type RunningConsumer,
  startConsumer,
} from '@payments/messaging';
import { type Database, ensurePartitions, saveConsumerOffsets } from '@payments/persistence';
import type { Health, Logger, Metrics } from '@payments/runtime';
import { BatchRun } from './batch-run.js';
import { DeadLetters } from './dead-letters.js';
import { FailureWindow, SystemicFailureError } from './failure-window.js';
import type { Handler } from './handler.js';
import { JointTransactions, TRANSACTION_RECORDS_MAX } from './joint-transactions.js';
import { findLostRecords } from './lost-records.js';
import { Turns } from './turns.js';
import { RETRY_POLICY, type RetryPolicy, type WorkerContext } from './worker-context.js';
import { WorkerEvents } from './worker-events.js';

export interface WorkerOptions<T, Effect> {
  /** Consumer group; also identifies this worker in `consumer_offsets` and in dead letters. */
  readonly group: string;
  readonly topic: string;
  readonly kafka: KafkaConnection;
  /** For dead letters. */
  readonly producer: BatchingProducer;
  readonly database: Database;
  readonly handler: Handler<T, Effect>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** The consumer stopped for good: exit, so that the supervisor starts a new process. */
  readonly onFatal: (error: Error) => void;
  readonly retry?: RetryPolicy;
  /** Concurrent transactions (default 4); each takes a database connection. */
  readonly transactionsConcurrently?: number;
}

/** As many as one fetch may return: batches that are ready at the same moment share a transaction. */
const PARTITIONS_CONCURRENTLY = 256;

export interface Worker {
  /** Leaves the group once the current batches are finished or abandoned. */
  close(): Promise<void>;
}

/**
 * Consumes `topic` until closed: whole batches, several per transaction, offsets after the commit. Every record ends
 * up committed or in the dead-letter topic, whatever fails in between.
 */
export async function startWorker<T, Effect>(options: WorkerOptions<T, Effect>): Promise<Worker> {
  const events = new WorkerEvents(options.logger, options.metrics);
  const context = contextOf(options, events);
  options.health.register('worker', () => events.notReadyReason);
  await tellLostRecords(options, events);

  let consumer: RunningConsumer | undefined;
  let halted = false;
  const onBatch = async (batch: ConsumedBatch): Promise<void> => {
    try {
      if (!halted) await runBatch(context, batch);
    } catch (error) {
      if (!(error instanceof SystemicFailureError)) throw error;
      halted = true;
      events.halted(error);
    }
    // The rest of the batch stays unresolved: a restart resumes with it.
    if (halted) consumer?.pause([{ topic: batch.topic, partition: batch.partition }]);
  };
  consumer = await startConsumer({
    kafka: options.kafka,
    groupId: options.group,
    topics: [options.topic],
    onBatch,
    onCrash: options.onFatal,
    logger: options.logger,
    metrics: options.metrics,
    partitionsConcurrently: PARTITIONS_CONCURRENTLY,
  });
  return { close: () => consumer.close() };
}

/** Nobody but an operator can say what to do about them: docs/alerts.md, RecordsLost. */
async function tellLostRecords<T, Effect>(
  options: Pick<WorkerOptions<T, Effect>, 'kafka' | 'database' | 'group' | 'topic'>,
  events: WorkerEvents,
): Promise<void> {
  try {
    events.recordsLost(options.topic, await findLostRecords(options));
  } catch (error) {
    events.lossUnknown(options.topic, error);
  }
}

async function runBatch<T, Effect>(context: WorkerContext<T, Effect>, batch: ConsumedBatch): Promise<void> {
  const startedAt = performance.now();
  try {
    await new BatchRun(context, batch).run();
    context.events.batchDone(batch, startedAt);
  } catch (error) {
    // Revoked or shutting down: the next owner of the partition processes what is not resolved.
    if (!batch.signal.aborted) throw error;
    context.events.batchAbandoned(batch);
  }
}

function contextOf<T, Effect>(
  options: WorkerOptions<T, Effect>,
  events: WorkerEvents,
): WorkerContext<T, Effect> {
  const { group, handler, database, transactionsConcurrently = 4 } = options;
  const ofTransactions = { group, handler, database, saveConsumerOffsets, events };
  return {
    ...ofTransactions,
    transactions: new JointTransactions(ofTransactions, transactionsConcurrently),
    // Prepares one transaction's records while the others are in progress.
    turns: new Turns((transactionsConcurrently + 1) * TRANSACTION_RECORDS_MAX, TRANSACTION_RECORDS_MAX),
    makePartitions: () => ensurePartitions(options.database, new Date()),
    deadLetters: new DeadLetters(options.producer, options.group),
    failures: new FailureWindow(),
    retry: options.retry ?? RETRY_POLICY,
    events,
  };
}
