import type { GatewayProvider } from '@payments/domain';
import { until } from '@payments/local/testing';
import { createLogger } from '@payments/runtime';
import {
  type FaultKind,
  type FaultRule,
  type LedgerPayment,
  Simulator,
  type SimulatorOptions,
  type SimulatorServer,
  startServer,
} from '@payments/simulator';
import { createGatewayClient } from '../../client/create-gateway-client.js';
import type { GatewayClient } from '../../client/gateway-client.js';
import type { Subject } from './subject.js';

/** Longer than any test waits. */
const PATIENCE_MS = 30_000;
const HASTE_MS = 500;

/** Numbers of requests for an operation, of executions, and of responses repeated for their key. */
interface Count {
  readonly requests: number;
  readonly executed: number;
  readonly replayed: number;
}

/** The three simulated gateways, over HTTP. Customers act only on request. */
export class TestGateways {
  readonly simulator: Simulator;
  readonly #server: SimulatorServer;

  private constructor(simulator: Simulator, server: SimulatorServer) {
    this.simulator = simulator;
    this.#server = server;
  }

  static async start(options: Partial<SimulatorOptions> = {}): Promise<TestGateways> {
    const logger = createLogger({ service: 'simulator-test', level: 'fatal' });
    const settings = { customerMode: 'manual', stripeSearchLagMs: 0, ...options.settings } as const;
    const simulator = new Simulator({ logger, ...options, settings });
    return new TestGateways(simulator, await startServer(simulator, { port: 0, host: '127.0.0.1' }));
  }

  /** The base URL of all gateways, which are distinguished by path and credentials. */
  get base(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  client(subject: Subject, apiBase = this.base, timeoutMs = PATIENCE_MS): GatewayClient {
    return createGatewayClient(subject.settings(apiBase, timeoutMs));
  }

  /** A client that soon gives up waiting. It is connected: for that its time is short on a busy machine. */
  async hastyClient(subject: Subject): Promise<GatewayClient> {
    const client = this.client(subject, this.base, HASTE_MS);
    const [unknownId = ''] = subject.unknownIds;
    const isAnswered = async () => (await client.fetch(unknownId).catch(() => undefined)) === null;
    await until(isAnswered, { what: 'an answer to the hasty client' });
    return client;
  }

  /** Makes the next request of that name fail. */
  strikeOnce(
    provider: GatewayProvider,
    operation: string,
    kind: FaultKind,
    more: Partial<FaultRule> = {},
  ): void {
    this.simulator.faults.add({ provider, operation, kind, times: 1, ...more });
  }

  countOf(provider: GatewayProvider, operation: string): Count {
    const none = { requests: 0, executed: 0, replayed: 0 };
    return (
      this.simulator.counts.list().find((one) => one.provider === provider && one.operation === operation) ??
      none
    );
  }

  async ledgerOf(intentId: string): Promise<LedgerPayment | undefined> {
    return (await this.control<{ payments: LedgerPayment[] }>(`/ledger?intentId=${intentId}`)).payments[0];
  }

  /** Reads from the control API. */
  async control<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.base}/control${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** Removes all payments, faults, keys and counts. */
  reset(): Promise<void> {
    return this.simulator.reset();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
