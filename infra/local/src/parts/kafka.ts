import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { javaProgram } from '../install/java.js';
import type { PartPlan } from '../part.js';
import { makeFolder, REPOSITORY } from '../paths.js';
import { countBrokers } from './kafka-probe.js';

/** Of every local cluster: their data never meet. */
const CLUSTER_ID = 'cGF5bWVudC1waXBlbGluZQ';

export interface KafkaNode {
  /** 1 and up. */
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** A second listener that is advertised at another port, where a proxy stands. */
  readonly proxied?: { readonly listenPort: number; readonly advertisedPort: number } | undefined;
}

export interface KafkaOptions {
  readonly folder: string;
  /** The jars. */
  readonly programs: string;
  readonly node: KafkaNode;
  /** All nodes, this one among them; each is broker and controller. */
  readonly cluster: readonly KafkaNode[];
  readonly heapMegabytes: number;
  readonly quickStart: boolean;
}

export function kafkaPlan({
  folder,
  programs,
  node,
  cluster,
  heapMegabytes,
  quickStart,
}: KafkaOptions): PartPlan {
  const settingsFile = join(folder, 'server.properties');
  const data = join(folder, 'data');
  return {
    name: cluster.length === 1 ? 'kafka' : `kafka-${node.id}`,
    port: node.port,
    url: `127.0.0.1:${node.port}`,
    command: {
      file: javaProgram(),
      args: [
        `-Xmx${heapMegabytes}m`,
        `-Xms${Math.min(256, heapMegabytes)}m`,
        '-XX:+ExitOnOutOfMemoryError',
        ...(quickStart
          ? ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
          : ['-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20']),
        '-Djava.awt.headless=true',
        `-Dlog4j2.configurationFile=${log4jFile()}`,
        '-cp',
        join(programs, '*'),
        'kafka.Kafka',
        settingsFile,
      ],
      cwd: '/',
    },
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 30_000,
    startDeadlineMs: 120_000,
    async prepare() {
      makeFolder(folder);
      writeFileSync(settingsFile, kafkaSettings(node, cluster, data));
      format(programs, node.id, data);
    },
    async isReady() {
      return (await countBrokers(node.port)) === cluster.length;
    },
  };
}

/** server.properties of one node. */
export function kafkaSettings(node: KafkaNode, cluster: readonly KafkaNode[], data: string): string {
  const listeners = [`DIRECT://127.0.0.1:${node.port}`];
  const advertised = [...listeners];
  if (node.proxied !== undefined) {
    listeners.push(`PROXY://127.0.0.1:${node.proxied.listenPort}`);
    advertised.push(`PROXY://127.0.0.1:${node.proxied.advertisedPort}`);
  }
  const replicas = Math.min(3, cluster.length);
  // A killed broker is let in again once its last session has run out (9 s by default). Where there is but one,
  // nobody could take its place before that.
  const session = { 'broker.session.timeout.ms': 3_000, 'broker.heartbeat.interval.ms': 500 };
  const settings = {
    ...(cluster.length === 1 ? session : {}),
    'process.roles': 'broker,controller',
    'node.id': node.id,
    'controller.quorum.voters': cluster.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`),
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${node.controllerPort}`],
    'advertised.listeners': advertised,
    'listener.security.protocol.map': 'DIRECT:PLAINTEXT,PROXY:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'DIRECT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': Math.max(1, replicas - 1),
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': Math.max(1, replicas - 1),
    'transaction.state.log.num.partitions': 8,
    // A group of one need not wait for others to join.
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * Formats the data folder, once. A formatted folder says nothing but the ids of cluster and node, so that one
 * made earlier is copied: it saves starting a JVM.
 */
function format(programs: string, nodeId: number, data: string): void {
  if (existsSync(join(data, 'meta.properties'))) return;
  const formatted = join(programs, '..', 'kafka-formatted', String(nodeId));
  if (!existsSync(formatted)) formatInto(programs, nodeId, formatted);
  const incoming = `${data}.incoming`;
  rmSync(incoming, { recursive: true, force: true });
  cpSync(formatted, incoming, { recursive: true });
  renameSync(incoming, data);
}

function formatInto(programs: string, nodeId: number, formatted: string): void {
  makeFolder(dirname(formatted));
  const work = mkdtempSync(`${formatted}.`);
  const node = { id: nodeId, port: 1, controllerPort: 2 };
  const settingsFile = join(work, 'server.properties');
  writeFileSync(settingsFile, kafkaSettings(node, [node], join(work, 'data')));
  const result = spawnSync(
    javaProgram(),
    [
      '-XX:TieredStopAtLevel=1',
      `-Dlog4j2.configurationFile=${log4jFile()}`,
      '-cp',
      join(programs, '*'),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      CLUSTER_ID,
      '-c',
      settingsFile,
    ],
    { encoding: 'utf8' },
  );
  if (result.status !== 0) {
    throw new Error(
      `cannot format Kafka's data folder: ${result.error?.message ?? result.stderr + result.stdout}`,
    );
  }
  // Of two processes that got here, the quicker one's is kept.
  if (!existsSync(formatted)) renameSync(join(work, 'data'), formatted);
  rmSync(work, { recursive: true, force: true });
}

function log4jFile(): string {
  return join(REPOSITORY, 'infra/local/kafka-log4j2.xml');
}
