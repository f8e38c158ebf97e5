import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { createLogger } from '@payments/runtime';
import { Simulator, type SimulatorServer, type SimulatorSettings, startServer } from '@payments/simulator';
import { SimulatorControl } from '../simulator-control.js';
import type { Pipeline } from './pipeline.js';
import { ServiceProcess } from './service-process.js';

/** Made-up credentials: the simulator accepts any of the right form. */
const CREDENTIALS = {
  STRIPE_API_KEY: 'sk_test_e2e',
  PAYPAL_CLIENT_ID: 'e2e',
  PAYPAL_CLIENT_SECRET: 'e2e',
  RAZORPAY_KEY_ID: 'rzp_test_e2e',
  RAZORPAY_KEY_SECRET: 'e2e',
};

export interface CommandSideOptions {
  readonly simulated?: Partial<SimulatorSettings>;
  /** Seed of the simulator's faults. */
  readonly seed?: number;
  /** Settings of the gateway workers only. */
  readonly ofGateways?: Readonly<Record<string, string>>;
}

/** The part that turns commands into payments: services/intents and a worker for each simulated gateway. */
export class CommandSide {
  readonly simulator: SimulatorControl;
  readonly simulatorUrl: string;
  readonly intents: ServiceProcess;
  readonly workers: Readonly<Record<GatewayProvider, ServiceProcess>>;
  readonly #server: SimulatorServer;

  private constructor(
    server: SimulatorServer,
    intents: ServiceProcess,
    workers: Readonly<Record<GatewayProvider, ServiceProcess>>,
  ) {
    this.#server = server;
    this.simulatorUrl = `http://127.0.0.1:${server.port}`;
    this.simulator = new SimulatorControl(this.simulatorUrl);
    this.intents = intents;
    this.workers = workers;
  }

  /** Starts it on a pipeline's stack; the simulated gateways send their webhooks to the pipeline's ingress. */
  static async start(pipeline: Pipeline, options: CommandSideOptions = {}): Promise<CommandSide> {
    const server = await startSimulator(pipeline, options);
    try {
      const env = { ...pipeline.env, ...accessTo(server), ...options.ofGateways };
      const [intents, ...workers] = await Promise.all([
        ServiceProcess.start('intents', pipeline.env),
        ...GATEWAY_PROVIDERS.map((one) => ServiceProcess.start('gateway', { ...env, GATEWAY_PROVIDER: one })),
      ]);
      const byProvider = Object.fromEntries(GATEWAY_PROVIDERS.map((one, index) => [one, workers[index]]));
      return new CommandSide(server, intents, byProvider as Record<GatewayProvider, ServiceProcess>);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.intents, ...Object.values(this.workers)].map((service) => service.kill()));
    await this.#server.close();
  }
}

async function startSimulator(
  { ingress, secrets }: Pipeline,
  { simulated, seed }: CommandSideOptions,
): Promise<SimulatorServer> {
  const simulator = new Simulator({
    logger: createLogger({ service: 'simulator', level: 'silent' }),
    settings: simulated ?? {},
    seed,
    paypalSigner: secrets.paypal,
  });
  const server = await startServer(simulator, {
    port: 0,
    host: '127.0.0.1',
    gatewayPorts: { stripe: 0, paypal: 0, razorpay: 0 },
  });
  const control = new SimulatorControl(`http://127.0.0.1:${server.port}`);
  const url = (provider: GatewayProvider): string => `${ingress.url}/webhooks/${provider}`;
  await control.sendWebhooks('stripe', { url: url('stripe'), secret: secrets.stripeSecret });
  await control.sendWebhooks('paypal', { url: url('paypal'), webhookId: secrets.paypalWebhookId });
  await control.sendWebhooks('razorpay', { url: url('razorpay'), secret: secrets.razorpaySecret });
  return server;
}

/** Each gateway has a port of its own, which refuses connections while the gateway is down. */
function accessTo({ gatewayPorts }: SimulatorServer): Record<string, string> {
  const base = (provider: GatewayProvider): string => `http://127.0.0.1:${gatewayPorts[provider]}`;
  return {
    ...CREDENTIALS,
    STRIPE_API_BASE: base('stripe'),
    PAYPAL_API_BASE: base('paypal'),
    RAZORPAY_API_BASE: base('razorpay'),
  };
}
