import { adminHandler, ConfigError, type ServiceRuntime } from '@payments/runtime';
import { serveCertificates } from './certificate-server.js';
import type { SimulatorConfig } from './config.js';
import { configuredTargets } from './configured-targets.js';
import type { PayPalSigner } from './paypal-signer.js';
import { Simulator } from './simulator.js';
import { openSimulatorState, readPayPalSigner } from './simulator-state.js';
import { startServer } from './start-server.js';

/** Wires the simulator and starts it; it is ready once it listens. */
export async function startSimulator(rt: ServiceRuntime<SimulatorConfig>): Promise<void> {
  const { config, logger, metrics, health } = rt;
  const state = await openSimulatorState({
    stateDir: config.SIMULATOR_STATE_DIR,
    publicHost: config.SIMULATOR_PUBLIC_HOST,
    certPort: config.SIMULATOR_CERT_PORT,
  });
  const certificates = await serveCertificates({
    port: config.SIMULATOR_CERT_PORT,
    tls: state.server,
    certificates: new Map([[state.certificateId, state.servedPem]]),
  });
  rt.onShutdown('certificate server', () => certificates.close());
  const signer = await readPayPalSigner(config.SIMULATOR_STATE_DIR);
  const simulator = createSimulator(rt, signer);
  const server = await startServer(simulator, {
    port: config.PORT,
    publicUrl: `http://${config.SIMULATOR_PUBLIC_HOST}:${config.PORT}`,
    gatewayPorts: gatewayPorts(config),
    admin: adminHandler({ health, metrics, logger }),
  });
  rt.onShutdown('http server', () => server.close());
  logger.info(
    { port: server.port, gatewayPorts: server.gatewayPorts, certificateUrl: state.certificateUrl },
    'simulator listens',
  );
}

function createSimulator(
  { config, logger }: ServiceRuntime<SimulatorConfig>,
  signer: PayPalSigner,
): Simulator {
  const simulator = new Simulator({
    logger,
    seed: config.SIMULATOR_SEED,
    paymentsMax: config.SIMULATOR_PAYMENTS_MAX,
    settings: {
      customerMode: config.SIMULATOR_CUSTOMER_MODE,
      customerDelayMs: config.SIMULATOR_CUSTOMER_DELAY_MS,
      webhookTimeFactor: config.SIMULATOR_WEBHOOK_TIME_FACTOR,
    },
    stripeApiKey: config.STRIPE_API_KEY,
    paypalCredentials: pair(config, 'PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET', (clientId, clientSecret) => ({
      clientId,
      clientSecret,
    })),
    razorpayCredentials: pair(config, 'RAZORPAY_KEY_ID', 'RAZORPAY_KEY_SECRET', (keyId, keySecret) => ({
      keyId,
      keySecret,
    })),
    paypalSigner: signer,
  });
  for (const [provider, target] of configuredTargets(config, signer)) {
    simulator.webhooks.setTarget(provider, target);
  }
  return simulator;
}

function gatewayPorts(config: SimulatorConfig) {
  const { SIMULATOR_STRIPE_PORT, SIMULATOR_PAYPAL_PORT, SIMULATOR_RAZORPAY_PORT } = config;
  return {
    ...(SIMULATOR_STRIPE_PORT === undefined ? {} : { stripe: SIMULATOR_STRIPE_PORT }),
    ...(SIMULATOR_PAYPAL_PORT === undefined ? {} : { paypal: SIMULATOR_PAYPAL_PORT }),
    ...(SIMULATOR_RAZORPAY_PORT === undefined ? {} : { razorpay: SIMULATOR_RAZORPAY_PORT }),
  };
}

type Optional = 'PAYPAL_CLIENT_ID' | 'PAYPAL_CLIENT_SECRET' | 'RAZORPAY_KEY_ID' | 'RAZORPAY_KEY_SECRET';

/** Both or neither. */
function pair<Credentials>(
  config: SimulatorConfig,
  id: Optional,
  secret: Optional,
  credentials: (id: string, secret: string) => Credentials,
): Credentials | undefined {
  const [idGiven, secretGiven] = [config[id], config[secret]];
  if (idGiven !== undefined && secretGiven !== undefined) return credentials(idGiven, secretGiven);
  if (idGiven === undefined && secretGiven === undefined) return undefined;
  throw new ConfigError([`${idGiven === undefined ? id : secret} is not set: set both or neither`]);
}
