import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Artifacts, fetchArtifacts } from '../install/artifacts.js';
import { Part } from '../part.js';
import { type KafkaNode, kafkaPlan } from '../parts/kafka.js';
import { POSTGRES_PASSWORD, POSTGRES_USER, postgresPlan } from '../parts/postgres.js';
import { redisPlan } from '../parts/redis.js';
import { registryPlan } from '../parts/registry.js';
import { replicaPlan } from '../parts/replica.js';
import { LOCAL } from '../paths.js';
import { freePorts } from '../ports.js';
import { claimStackFolder, removeAbandoned, removeStackFolder, type StackFolder } from '../stack-folder.js';
import { runMigrations } from './migrations.js';

export type PartName = 'postgres' | 'replica' | 'redis' | 'kafka' | 'registry';

export interface OwnStackOptions {
  /** Registry and replica bring Postgres with them. */
  readonly parts: readonly PartName[];
  /** Brokers in the cluster (default 1). With 3, topics are replicated thrice and two suffice. */
  readonly kafkaNodes?: number;
  /**
   * One per broker: the port at which its listener PROXY is advertised. The test listens there itself and
   * passes on to `kafkaProxyTargets`; clients that bootstrap through it stay on it.
   */
  readonly kafkaProxyPorts?: readonly number[];
  /** Whether the database gets the tables (default true). */
  readonly migrate?: boolean;
}

/** Starts parts of the test's own: to be stopped, killed and started again as it likes. */
export async function startOwnStack(options: OwnStackOptions): Promise<OwnStack> {
  const parent = join(LOCAL, 'test');
  removeAbandoned(parent);
  const folder = claimStackFolder(join(parent, `${process.pid}-${randomBytes(3).toString('hex')}`));
  const artifacts = await fetchArtifacts((line) => process.stderr.write(`${line}\n`));
  const stack = new OwnStack(folder, await planParts(options, folder, artifacts));
  try {
    await stack.start();
    if (options.parts.some((part) => part === 'postgres' || part === 'replica') && options.migrate !== false)
      await runMigrations(stack.databaseUrl);
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

interface PlannedParts {
  readonly postgres: Part | undefined;
  readonly replica: Part | undefined;
  readonly redis: Part | undefined;
  readonly registry: Part | undefined;
  readonly kafkaNodes: readonly Part[];
  readonly kafkaProxyTargets: readonly number[];
}

export class OwnStack {
  /** One per broker; empty if Kafka was not asked for. */
  readonly kafkaNodes: readonly Part[];
  /** Loopback ports of the listeners PROXY: what a proxy connects to, in the order of the brokers. */
  readonly kafkaProxyTargets: readonly number[];
  readonly #folder: StackFolder;
  readonly #planned: PlannedParts;

  constructor(folder: StackFolder, planned: PlannedParts) {
    this.#folder = folder;
    this.#planned = planned;
    this.kafkaNodes = planned.kafkaNodes;
    this.kafkaProxyTargets = planned.kafkaProxyTargets;
  }

  /** Data and logs, until `stop()`. */
  get folder(): string {
    return this.#folder.root;
  }

  get kafka(): Part {
    return present('kafka', this.kafkaNodes[0]);
  }

  get postgres(): Part {
    return present('postgres', this.#planned.postgres);
  }

  /** A streaming replica of `postgres`. */
  get replica(): Part {
    return present('replica', this.#planned.replica);
  }

  get redis(): Part {
    return present('redis', this.#planned.redis);
  }

  get registry(): Part {
    return present('registry', this.#planned.registry);
  }

  /** The listeners DIRECT of all brokers. */
  get kafkaBrokers(): string[] {
    return this.kafkaNodes.map(({ url }) => url);
  }

  get databaseUrl(): string {
    return this.postgres.url;
  }

  get redisUrl(): string {
    return this.redis.url;
  }

  get registryUrl(): string {
    return this.registry.url;
  }

  /** Starts what does not run. */
  async start(): Promise<void> {
    const { postgres, replica, redis, registry } = this.#planned;
    const afterPostgres = async () => {
      await postgres?.start();
      await Promise.all([replica?.start(), registry?.start()]);
    };
    await Promise.all([...this.kafkaNodes.map((node) => node.start()), redis?.start(), afterPostgres()]);
  }

  /** Ends everything and removes the data. */
  async stop(): Promise<void> {
    const { postgres, replica, redis, registry } = this.#planned;
    // The data go: nothing is gained by asking nicely.
    await Promise.all([...this.kafkaNodes, registry, redis, replica, postgres].map((part) => part?.kill()));
    removeStackFolder(this.#folder.root);
  }
}

function present(name: string, part: Part | undefined): Part {
  if (part === undefined) throw new Error(`this stack has no ${name}: name it in parts`);
  return part;
}

async function planParts(
  { parts, kafkaNodes = 1, kafkaProxyPorts }: OwnStackOptions,
  folder: StackFolder,
  artifacts: Artifacts,
): Promise<PlannedParts> {
  const [postgresPort, replicaPort, redisPort, registryPort] = (await freePorts(4)) as [
    ...[number, number, number, number],
  ];
  const folders = { logs: folder.logs, pids: folder.pids, onParentDeath: 'kill' } as const;
  const at = (name: string) => join(folder.root, name);
  const nodes = parts.includes('kafka') ? await planNodes(kafkaNodes, kafkaProxyPorts) : [];
  const databases = ['payments', 'registry'] as const;
  const database = { host: '127.0.0.1', port: postgresPort, name: 'registry' };
  const credentials = { user: POSTGRES_USER, password: POSTGRES_PASSWORD };
  const postgres = parts.some((name) => ['postgres', 'replica', 'registry'].includes(name))
    ? postgresPlan({ folder: at('postgres'), port: postgresPort, databases, durable: false })
    : undefined;
  const replica =
    postgres !== undefined && parts.includes('replica')
      ? replicaPlan({
          folder: at('replica'),
          port: replicaPort,
          primary: postgres,
          database: databases[0],
          durable: false,
        })
      : undefined;
  return {
    kafkaNodes: nodes.map((node) => {
      const programs = artifacts.kafka;
      const tuning = { heapMegabytes: 320, quickStart: true };
      return new Part(
        kafkaPlan({ folder: at(`kafka-${node.id}`), programs, node, cluster: nodes, ...tuning }),
        folders,
      );
    }),
    kafkaProxyTargets: nodes.flatMap(({ proxied }) => (proxied === undefined ? [] : [proxied.listenPort])),
    postgres: postgres && new Part(postgres, folders),
    replica: replica && new Part(replica, folders),
    redis: parts.includes('redis')
      ? new Part(
          redisPlan({ folder: at('redis'), port: redisPort, programs: artifacts.redis, durable: false }),
          folders,
        )
      : undefined,
    registry: parts.includes('registry')
      ? new Part(
          registryPlan({
            folder: at('registry'),
            port: registryPort,
            programs: artifacts.registry,
            quickStart: true,
            database: { ...database, ...credentials },
          }),
          folders,
        )
      : undefined,
  };
}

async function planNodes(count: number, proxyPorts: readonly number[] | undefined): Promise<KafkaNode[]> {
  if (proxyPorts !== undefined && proxyPorts.length !== count) {
    throw new Error(`${count} brokers need as many kafkaProxyPorts, not ${proxyPorts.length}`);
  }
  const ports = await freePorts(count * 3);
  return Array.from({ length: count }, (_, index) => {
    const [port, controllerPort, listenPort] = ports.slice(index * 3) as [number, number, number];
    const advertisedPort = proxyPorts?.[index];
    const proxied = advertisedPort === undefined ? undefined : { listenPort, advertisedPort };
    return { id: index + 1, port, controllerPort, proxied };
  });
}
