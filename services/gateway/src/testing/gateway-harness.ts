import { type Command, GATEWAY_PROVIDERS, type GatewayProvider, type IntentId } from '@payments/domain';
import { createTestDatabase, freePorts, until } from '@payments/local/testing';
import {
  applyCommands,
  type Database,
  openDatabase,
  readAttemptsOf,
  readIntent,
  type StoredAttempt,
  type StoredIntent,
} from '@payments/persistence';
import { entryOf } from '@payments/persistence/testing';
import { createLogger, type Logger, Metrics } from '@payments/runtime';
import {
  type FaultRule,
  type LedgerPayment,
  Simulator,
  type SimulatorServer,
  type SimulatorSettings,
  startServer,
} from '@payments/simulator';
import { deliverCalls } from './deliver-calls.js';
import { openWebhookDesk, type WebhookDesk } from './webhook-desk.js';
import {
  CONNECT_MS_MAX,
  type GatewayUrls,
  startTestWorker,
  type TestWorker,
  type TestWorkerOptions,
} from './worker-parts.js';

type WorkerSettings = Partial<Pick<TestWorkerOptions, 'policy' | 'config' | 'urls' | 'database'>>;

/** Longer than the lease of a killed worker, on a busy machine. */
const WAIT_MS = 60_000;

/** Gateway workers on their own database, with the simulator as the gateways. Kafka is bypassed. */
export class GatewayHarness {
  readonly database: Database;
  readonly databaseUrl: string;
  readonly simulator: Simulator;
  readonly desk: WebhookDesk;
  readonly metrics = new Metrics({ defaultMetrics: false });
  readonly logged: Record<string, unknown>[] = [];
  readonly #logger: Logger;
  readonly #server: SimulatorServer;
  readonly #workers: TestWorker[] = [];
  readonly #cleanUp: (() => unknown)[] = [];

  static async create(settings: Partial<SimulatorSettings> = {}): Promise<GatewayHarness> {
    const { url, drop } = await createTestDatabase();
    const timeouts = { connectMs: CONNECT_MS_MAX };
    const database = await openDatabase({ url, poolSize: 20, applicationName: 'gateway-test', timeouts });
    const simulator = new Simulator({
      logger: createLogger({ service: 'simulator', level: 'silent' }),
      settings: { customerDelayMs: 0, settlementDelayMs: 0, ...settings },
    });
    const [stripe, paypal, razorpay] = (await freePorts(3)) as [number, number, number];
    const server = await startServer(simulator, {
      port: 0,
      host: '127.0.0.1',
      // Not any free port: while a gateway is down, its port could be given to another socket.
      gatewayPorts: { stripe, paypal, razorpay },
    });
    const desk = await openWebhookDesk(simulator, database);
    const harness = new GatewayHarness({ database, databaseUrl: url, simulator, server, desk });
    harness.#cleanUp.push(
      drop,
      () => database.close(),
      () => server.close(),
      () => desk.close(),
    );
    return harness;
  }

  private constructor(parts: {
    readonly database: Database;
    readonly databaseUrl: string;
    readonly simulator: Simulator;
    readonly server: SimulatorServer;
    readonly desk: WebhookDesk;
  }) {
    this.database = parts.database;
    this.databaseUrl = parts.databaseUrl;
    this.simulator = parts.simulator;
    this.#server = parts.server;
    this.desk = parts.desk;
    const destination = { write: (line: string) => void this.logged.push(JSON.parse(line)) };
    this.#logger = createLogger({ service: 'gateway-test', level: 'debug', destination });
  }

  /** Removes workers and faults. The data in the database and at the gateways stays. */
  async reset(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
    this.simulator.faults.reset(1);
    await this.simulator.onFaultsChanged();
  }

  /** Closes what was started, latest first. */
  async close(): Promise<void> {
    await this.reset();
    for (const step of this.#cleanUp.splice(0).reverse()) await step();
  }

  onClose(step: () => unknown): void {
    this.#cleanUp.push(step);
  }

  /** A separate server per gateway, so that each can refuse connections. */
  get urls(): GatewayUrls {
    const { gatewayPorts } = this.#server;
    return Object.fromEntries(
      GATEWAY_PROVIDERS.map((one) => [one, `http://127.0.0.1:${gatewayPorts[one]}`]),
    ) as GatewayUrls;
  }

  startWorker(provider: GatewayProvider, settings: WorkerSettings = {}): TestWorker {
    const worker = startTestWorker({
      provider,
      urls: this.urls,
      database: this.database,
      logger: this.#logger,
      metrics: this.metrics,
      tell: () => this.deliver(),
      ...settings,
    });
    this.#workers.push(worker);
    return worker;
  }

  /** Decides a command as the intents service does, and hands the resulting calls to the workers. */
  async command(content: Command): Promise<void> {
    const { decided } = await this.database.transaction((em) =>
      applyCommands(em, [entryOf(content)], Date.now()),
    );
    const rejection = decided[0]?.rejection;
    if (rejection !== null) throw new Error(`${content.type} was rejected: ${rejection?.code}`);
    await this.deliver();
  }

  async deliver(): Promise<void> {
    await deliverCalls(this.database);
    for (const worker of this.#workers) worker.wake();
  }

  fault(rule: Partial<FaultRule> & Pick<FaultRule, 'kind'>): void {
    this.simulator.faults.add({ provider: '*', operation: '*', ...rule });
  }

  /** Closes the gateway's own port. */
  async down(provider: GatewayProvider): Promise<void> {
    this.fault({ provider, kind: 'down' });
    await this.simulator.onFaultsChanged();
  }

  async up(provider: GatewayProvider): Promise<void> {
    for (const { id, provider: of, kind } of this.simulator.faults.list()) {
      if (of === provider && kind === 'down') this.simulator.faults.remove(id);
    }
    await this.simulator.onFaultsChanged();
  }

  /** A Stripe with credentials other than the worker's. */
  async strictStripe(): Promise<string> {
    const logger = createLogger({ service: 'simulator', level: 'silent' });
    const simulator = new Simulator({ logger, stripeApiKey: 'sk_test_another' });
    const server = await startServer(simulator, { port: 0, host: '127.0.0.1' });
    this.#cleanUp.push(() => server.close());
    return `http://127.0.0.1:${server.port}`;
  }

  /** Number of requests to the gateways for an operation. */
  requests(operation: string): number {
    const counts = this.simulator.counts.list().filter((one) => one.operation === operation);
    return counts.reduce((sum, { requests }) => sum + requests, 0);
  }

  /** Makes every attempt due. */
  async asIfTimePassed(): Promise<void> {
    await this.rows('UPDATE gateway_attempts SET due_at = now() WHERE finished_at IS NULL');
    for (const worker of this.#workers) worker.wake();
  }

  /** Makes the `notAfter` of every attempt pass. */
  async asIfOutOfTime(): Promise<void> {
    const past = `now() - interval '1 s'`;
    await this.rows(`UPDATE gateway_attempts SET not_after = ${past} WHERE finished_at IS NULL`);
    for (const worker of this.#workers) worker.wake();
  }

  /** Sum of a metric's series with these labels. */
  async metric(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
    const { values = [] } = (await this.metrics.registry.getSingleMetric(name)?.get()) ?? {};
    return values
      .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** A worker counts a commit slightly after it is visible. */
  async untilCounted(name: string, labels: Readonly<Record<string, string>>, count = 1): Promise<void> {
    await until(async () => (await this.metric(name, labels)) === count, { what: `${count} in ${name}` });
  }

  /** Waits until the simulator has no webhooks left to send. */
  async untilWebhooksDelivered(): Promise<void> {
    await until(() => this.simulator.webhooks.records().every(({ state }) => state !== 'waiting'), {
      what: 'every webhook to be delivered',
    });
  }

  async intent(intentId: IntentId): Promise<StoredIntent> {
    const intent = await readIntent(this.database.primary, intentId);
    if (intent === undefined) throw new Error(`there is no intent ${intentId}`);
    return intent;
  }

  attempts(intentId: IntentId): Promise<StoredAttempt[]> {
    return readAttemptsOf(this.database.primary, intentId);
  }

  /** State of each attempt of an intent: `leg operation STATE`, with the reason unless it succeeded. */
  async states(intentId: IntentId): Promise<string[]> {
    const attempts = await this.attempts(intentId);
    return attempts.map(({ leg, operation, state, lastError }) =>
      [leg, operation, state, ...(state === 'SUCCEEDED' || lastError === null ? [] : [lastError.code])].join(
        ' ',
      ),
    );
  }

  async untilStatus(intentId: IntentId, status: string): Promise<StoredIntent> {
    const intent = await until(
      async () => {
        const found = await this.intent(intentId);
        if (found.status !== status) throw new Error(`it is ${found.status}: ${await this.states(intentId)}`);
        return found;
      },
      { what: `the intent to be ${status}`, everyMs: 10, timeoutMs: WAIT_MS },
    );
    return intent;
  }

  /** Waits until every attempt of the intent has ended. */
  async untilFinished(intentId: IntentId): Promise<string[]> {
    return until(
      async () => {
        const states = await this.states(intentId);
        if (states.some((one) => / (PENDING|SENT|UNKNOWN)/.test(one))) throw new Error(states.join(', '));
        return states;
      },
      { what: 'every attempt to be finished', everyMs: 10, timeoutMs: WAIT_MS },
    );
  }

  /** The gateways' own records of a payment. */
  async ledger(intentId: IntentId): Promise<LedgerPayment> {
    const answer = await fetch(`http://127.0.0.1:${this.#server.port}/control/ledger?intentId=${intentId}`);
    const { payments } = (await answer.json()) as { payments: LedgerPayment[] };
    const [payment] = payments;
    return payment ?? { intentId, chargeCount: 0, refundCount: 0, charged: 0, refunded: 0, objects: [] };
  }

  /** What Razorpay's checkout returns to the shop after the customer has paid. */
  async checkout(orderId: string): Promise<{ readonly paymentId: string; readonly signature: string }> {
    return until(
      async () => {
        const answer = await fetch(`http://127.0.0.1:${this.#server.port}/control/checkouts/${orderId}`);
        const body = (await answer.json()) as Record<string, string>;
        return answer.ok
          ? { paymentId: String(body.razorpay_payment_id), signature: String(body.razorpay_signature) }
          : undefined;
      },
      { what: 'the customer to pay' },
    );
  }

  async rows<Row = Record<string, unknown>>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    return this.database.primary.query(sql, [...parameters]);
  }
}
