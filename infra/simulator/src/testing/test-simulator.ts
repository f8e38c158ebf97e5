import { Agent } from 'node:https';
import { connect } from 'node:net';
import { createLogger, sleep } from '@payments/runtime';
import {
  Client,
  Environment,
  OrdersController,
  PaymentsController,
  TransactionSearchController,
} from '@paypal/paypal-server-sdk';
import Razorpay from 'razorpay';
import Stripe from 'stripe';
import type { OperationCount } from '../api/call-counts.js';
import type { PayPalSigner } from '../paypal-signer.js';
import type { SimulatorSettings } from '../settings.js';
import { Simulator } from '../simulator.js';
import { type SimulatorServer, startServer } from '../start-server.js';

export const KEY_SECRET = 'razorpay_key_secret';

/** The simulator on free ports, with the gateways' own SDKs pointed at it. */
export interface TestSimulator {
  readonly simulator: Simulator;
  readonly server: SimulatorServer;
  readonly stripe: Stripe;
  readonly paypal: PayPalClients;
  readonly razorpay: InstanceType<typeof Razorpay>;
  /** Asks the control API. */
  control(method: string, path: string, body?: object): Promise<{ status: number; body: Json }>;
  /** How often an operation of any gateway was asked for. */
  requests(operation: string): Promise<OperationCount>;
  /** Resolves when `condition` holds. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** What a JSON answer holds, as a test reads it. */
export interface Json {
  readonly [name: string]: Json & string & number & Json[];
}

export interface PayPalClients {
  readonly orders: OrdersController;
  readonly payments: PaymentsController;
  readonly transactions: TransactionSearchController;
}

/** Customers wait until they are told to act, unless the settings say otherwise. */
export async function startTestSimulator(
  settings: Partial<SimulatorSettings> = {},
  paypalSigner?: PayPalSigner,
): Promise<TestSimulator> {
  const simulator = new Simulator({
    logger: createLogger({ service: 'simulator-test', level: 'fatal' }),
    settings: { customerMode: 'manual', ...settings },
    paypalSigner,
  });
  const server = await startServer(simulator, { port: 0, host: '127.0.0.1' });
  const { port } = server;
  const agent = plainAgent(port);
  return {
    simulator,
    server,
    stripe: stripeClient(port),
    paypal: paypalClients(agent),
    razorpay: razorpayClient(port),
    control: async (method, path, body) => {
      const response = await fetch(`http://127.0.0.1:${port}/control${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: (await response.json()) as Json };
    },
    requests: async (operation) => {
      const none = {
        provider: 'stripe',
        operation,
        requests: 0,
        executed: 0,
        replayed: 0,
        faulted: 0,
      } as const;
      return simulator.counts.list().find((one) => one.operation === operation) ?? none;
    },
    until: async (condition) => {
      while (!(await condition())) await sleep(5);
    },
    close: async () => {
      agent.destroy();
      await server.close();
    },
  };
}

/** By fetch: over node:http the SDK sends once more after a reset, whatever `maxNetworkRetries` says. */
export function stripeClient(port: number, apiKey = 'sk_test_simulator'): Stripe {
  return new Stripe(apiKey, {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(),
  });
}

export function razorpayClient(port: number): InstanceType<typeof Razorpay> {
  const client = new Razorpay({ key_id: 'rzp_test_simulator', key_secret: KEY_SECRET });
  axiosOf(client).defaults.baseURL = `http://127.0.0.1:${port}`;
  return client;
}

/** What the SDK's types leave out: the axios instance that it calls by. */
interface Axios {
  readonly defaults: { baseURL: string; timeout: number; headers: { common: Record<string, string> } };
}

/** The SDK drops headers that are given to a call; those of its axios instance are sent. */
export function axiosOf(client: InstanceType<typeof Razorpay>): Axios {
  return (client.api as unknown as { readonly rq: Axios }).rq;
}

/** Speaks plain HTTP where the SDK knows only HTTPS hosts. */
function plainAgent(port: number): Agent {
  const agent = new Agent({ keepAlive: true });
  Object.assign(agent, { createConnection: () => connect(port, '127.0.0.1') });
  return agent;
}

function paypalClients(httpsAgent: Agent): PayPalClients {
  const client = new Client({
    clientCredentialsAuthCredentials: { oAuthClientId: 'client', oAuthClientSecret: 'secret' },
    environment: Environment.Sandbox,
    timeout: 0,
    httpClientOptions: { httpsAgent },
  });
  return {
    orders: new OrdersController(client),
    payments: new PaymentsController(client),
    transactions: new TransactionSearchController(client),
  };
}
