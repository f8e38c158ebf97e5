import { join } from 'node:path';
import { parseSealKeys, SealKeyring } from '@payments/contracts';
import type { GatewayProvider } from '@payments/domain';
import { type OwnStack, startOwnStack, until } from '@payments/local/testing';
import type { BatchingProducer, ConsumedRecord, KafkaConnection, SchemaCodec } from '@payments/messaging';
import { removeMembers } from '@payments/messaging/testing';
import type { Database } from '@payments/persistence';
import type { CertificateServer } from '@payments/simulator';
import { type Answer, HttpSender } from '../http-sender.js';
import { type GatewaySecrets, sign } from '../signed-webhooks.js';
import type { TopicReader } from '../topic-reader.js';
import { openEnds, type PipelineEnds, TOPIC } from './pipeline-ends.js';
import {
  API_KEY,
  GATEWAY_SECRETS,
  settingsOf,
  setUp,
  startPayPal,
  writeApiKeys,
} from './pipeline-settings.js';
import { ServiceProcess } from './service-process.js';

export const GROUP = 'webhooks';
/** Time limit for `Pipeline.start` on a busy machine; on an idle one it takes ten seconds. */
export const START_MS_MAX = 300_000;

export interface PipelineOptions {
  /** As for `startOwnStack`: ports of a test's proxies in front of the broker. */
  readonly kafkaProxyPorts?: readonly number[];
  /** Settings of the webhook worker only, such as a proxy's URL for a dependency. */
  readonly ofWebhooks?: (stack: OwnStack) => Promise<Readonly<Record<string, string>>>;
}

export interface StoredWebhook {
  readonly webhookId: string;
  readonly provider: string;
  readonly eventType: string;
  readonly status: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly receivedAt: Date;
  readonly sealedBody: Buffer;
}

/** A whole pipeline on its own stack: the ingress and the webhook worker as processes, with clients to inspect them. */
export class Pipeline {
  readonly stack: OwnStack;
  /** Settings of the services. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: GatewaySecrets;
  readonly keyring: SealKeyring;
  readonly kafka: KafkaConnection;
  readonly codec: SchemaCodec;
  /** For writing to topics past the ingress. */
  readonly producer: BatchingProducer;
  readonly ingress: ServiceProcess;
  readonly webhooks: ServiceProcess;
  readonly sender: HttpSender;
  readonly #certificates: CertificateServer;
  readonly #stateDir: string;
  readonly #deadLetters: TopicReader;
  readonly database: Database;

  private constructor(parts: Parts) {
    this.stack = parts.stack;
    this.env = parts.env;
    this.secrets = parts.secrets;
    this.kafka = parts.kafka;
    this.codec = parts.codec;
    this.producer = parts.producer;
    this.ingress = parts.ingress;
    this.webhooks = parts.webhooks;
    this.sender = new HttpSender(parts.ingress.url);
    this.keyring = new SealKeyring(parseSealKeys(parts.env.SEAL_KEYS ?? ''));
    this.#certificates = parts.certificates;
    this.#stateDir = parts.stateDir;
    this.#deadLetters = parts.deadLetters;
    this.database = parts.database;
  }

  static async start({ ofWebhooks, ...proxied }: PipelineOptions = {}): Promise<Pipeline> {
    const stack = await startOwnStack({ parts: ['kafka', 'postgres', 'registry', 'redis'], ...proxied });
    const stateDir = join(stack.folder, 'simulator');
    let certificates: CertificateServer | undefined;
    try {
      const paypal = await startPayPal(stateDir);
      certificates = paypal.certificates;
      const env = settingsOf(stack, paypal);
      await writeApiKeys(env.API_KEYS_FILE);
      await setUp(env);
      const secrets = { ...GATEWAY_SECRETS, paypal: paypal.signer };
      const ends = await openEnds(stack);
      const [ingress, webhooks] = await Promise.all([
        ServiceProcess.start('ingress', env),
        ServiceProcess.start('webhooks', { ...env, ...(await ofWebhooks?.(stack)) }),
      ]);
      return new Pipeline({ stack, stateDir, env, secrets, certificates, ingress, webhooks, ...ends });
    } catch (error) {
      await stack.stop();
      await certificates?.close();
      throw error;
    }
  }

  /** The settings of `make env` that clients of the pipeline read. */
  get clientEnv(): Record<string, string> {
    return {
      ...this.env,
      PAYMENTS_API_KEY: API_KEY,
      INGRESS_URL: this.ingress.url,
      SIMULATOR_STATE_DIR: this.#stateDir,
    };
  }

  headersFor(provider: GatewayProvider, body: Buffer): Record<string, string> {
    return sign(provider, body, this.secrets);
  }

  /** Signs and posts a webhook. @throws Error if there is no answer */
  post(provider: GatewayProvider, body: Buffer): Promise<Answer> {
    return this.sender.send(`/webhooks/${provider}`, body, this.headersFor(provider, body));
  }

  /** Rows and bodies of these webhooks. Several rows with one id mean that the pipeline is wrong. */
  async stored(webhookIds: Iterable<string>): Promise<StoredWebhook[]> {
    return this.database.primary.query(
      `SELECT webhook_id AS "webhookId", gateway_provider AS provider, event_type AS "eventType", status,
         kafka_partition AS partition, kafka_offset::bigint AS offset, received_at AS "receivedAt",
         sealed_body AS "sealedBody"
       FROM payment_webhooks JOIN payment_webhook_bodies USING (webhook_id, received_at)
       WHERE webhook_id = ANY($1)`,
      [[...webhookIds]],
    );
  }

  /** Waits until each of these has a row, and returns the rows. */
  async untilStored(webhookIds: Iterable<string>, timeoutMs = 60_000): Promise<StoredWebhook[]> {
    const ids = new Set(webhookIds);
    let rows: StoredWebhook[] = [];
    try {
      await until(
        async () => {
          rows = await this.stored(ids);
          return new Set(rows.map(({ webhookId }) => webhookId)).size >= ids.size;
        },
        { timeoutMs, everyMs: 100, what: `${ids.size} webhooks in Postgres` },
      );
    } catch (cause) {
      const found = new Set(rows.map(({ webhookId }) => webhookId));
      const missing = [...ids].filter((id) => !found.has(id));
      const logs = `ingress:\n${this.ingress.output}\nwebhooks:\n${this.webhooks.output}`;
      throw new Error(`${missing.length} are missing, such as ${missing.slice(0, 3)}\n${logs}`, { cause });
    }
    return rows;
  }

  /** Waits for the dead letters whose key is one of these; there may be several of each. */
  async untilDeadLettered(keys: Iterable<string>): Promise<ConsumedRecord[]> {
    const wanted = new Set(keys);
    const found = () => this.#deadLetters.records.filter(({ key }) => wanted.has(String(key)));
    await until(() => new Set(found().map(({ key }) => String(key))).size >= wanted.size, {
      timeoutMs: 60_000,
      what: `${wanted.size} dead letters`,
    });
    return found();
  }

  get deadLetters(): readonly ConsumedRecord[] {
    return this.#deadLetters.records;
  }

  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.database.primary.query(sql, parameters);
  }

  /**
   * Waits until the group has committed all offsets of the topic.
   *
   * @returns the end offset and the one in `consumer_offsets`, by partition
   */
  async untilDrained(): Promise<Map<number, { end: bigint; saved: bigint | undefined }>> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      const ends = await admin.fetchTopicOffsets(TOPIC);
      await until(
        async () => {
          const [group] = await admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] });
          const committed = new Map(group?.partitions.map(({ partition, offset }) => [partition, offset]));
          return ends.every(({ partition, high }) => high === '0' || committed.get(partition) === high);
        },
        { timeoutMs: 30_000, what: 'the group to commit everything' },
      );
      const saved = await this.query<{ partition: number; next_offset: string }>(
        'SELECT partition, next_offset FROM consumer_offsets WHERE consumer_group = $1 AND topic = $2',
        [GROUP, TOPIC],
      );
      const savedOf = new Map(saved.map((row) => [row.partition, BigInt(row.next_offset)]));
      return new Map(
        ends.map(({ partition, high }) => [partition, { end: BigInt(high), saved: savedOf.get(partition) }]),
      );
    } finally {
      await admin.disconnect();
    }
  }

  /** Starts the webhook worker after a kill, and releases what the killed one would hold for some seconds. */
  async replaceWebhooks(): Promise<void> {
    await removeMembers(this.stack.kafkaBrokers, GROUP);
    for (const table of ['outbox_leases', 'outbox_relays']) {
      await this.query(`UPDATE ${table} SET expires_at = now() WHERE expires_at > now()`);
    }
    await this.webhooks.start();
  }

  /** Starts again whatever a failed test has stopped. */
  async heal(): Promise<void> {
    await this.stack.start();
    for (const service of [this.ingress, this.webhooks]) {
      if (service.running) await service.untilReady();
      else await service.start();
    }
  }

  /** The stack must be running, or Kafka's clients wait for it. */
  async close(): Promise<void> {
    this.sender.close();
    try {
      await Promise.all([this.ingress.kill(), this.webhooks.kill()]);
      await Promise.all([this.#deadLetters.close(), this.producer.close(), this.database.close()]);
    } finally {
      await this.stack.stop();
      await this.#certificates.close();
    }
  }
}

interface Parts extends PipelineEnds {
  readonly stack: OwnStack;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: GatewaySecrets;
  readonly certificates: CertificateServer;
  readonly ingress: ServiceProcess;
  readonly webhooks: ServiceProcess;
}
