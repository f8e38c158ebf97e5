import { randomUUID } from 'node:crypto';
import { freePorts, type OwnStack, startOwnStack, until } from '@payments/local/testing';
import type { Admin } from 'kafkajs';
import type { KafkaConnection } from '../connection.js';
import { connectTo } from './kafka-client.js';
import { KafkaProxy } from './kafka-proxy.js';

/** Three brokers of the test's own, numbered from 1, with a proxy before each. */
export class ProxiedCluster {
  readonly stack: OwnStack;
  readonly proxies: readonly KafkaProxy[];
  /** Through the proxies. */
  readonly proxied: KafkaConnection;
  /** Past them. */
  readonly direct: KafkaConnection;

  private constructor(stack: OwnStack, ports: readonly number[], proxies: readonly KafkaProxy[]) {
    this.stack = stack;
    this.proxies = proxies;
    this.proxied = connectTo(ports.map((port) => `127.0.0.1:${port}`));
    this.direct = connectTo(stack.kafkaBrokers);
  }

  static async start(): Promise<ProxiedCluster> {
    const ports = await freePorts(3);
    const stack = await startOwnStack({ parts: ['kafka'], kafkaNodes: 3, kafkaProxyPorts: ports });
    const proxies = await Promise.all(
      ports.map((listenPort, at) => KafkaProxy.open(listenPort, stack.kafkaProxyTargets[at] as number)),
    );
    return new ProxiedCluster(stack, ports, proxies);
  }

  async stop(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.refuse()));
    await this.stack.stop();
  }

  /** Each entry names the brokers of one partition, its leader first. */
  async createTopic(replicas: readonly number[][], minInSyncReplicas: number): Promise<string> {
    const topic = `test-${randomUUID()}`;
    await this.withAdmin((admin) =>
      admin.createTopics({
        topics: [
          {
            topic,
            replicaAssignment: replicas.map((brokers, partition) => ({ partition, replicas: [...brokers] })),
            configEntries: [{ name: 'min.insync.replicas', value: String(minInSyncReplicas) }],
          },
        ],
      }),
    );
    await this.untilLeaders(
      topic,
      replicas.map(([leader]) => leader as number),
    );
    return topic;
  }

  untilLeaders(topic: string, leaders: readonly number[]): Promise<void> {
    return this.withAdmin(async (admin) => {
      await until(
        async () => {
          const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
          const now = new Map(topics[0]?.partitions.map(({ partitionId, leader }) => [partitionId, leader]));
          return leaders.every((leader, partition) => now.get(partition) === leader);
        },
        { what: `leaders ${leaders.join(', ')} of ${topic}` },
      );
    });
  }

  async withAdmin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.direct.admin();
    await admin.connect();
    try {
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
