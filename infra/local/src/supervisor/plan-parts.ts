import { join } from 'node:path';
import { withoutGatewayAccess } from '../gateway-access.js';
import type { Artifacts } from '../install/artifacts.js';
import type { PartPlan } from '../part.js';
import { kafkaPlan } from '../parts/kafka.js';
import { POSTGRES_PASSWORD, POSTGRES_USER, postgresPlan } from '../parts/postgres.js';
import { redisPlan } from '../parts/redis.js';
import { type RegistryDatabase, registryPlan } from '../parts/registry.js';
import { replicaPlan } from '../parts/replica.js';
import { MIGRATE, SET_UP_MESSAGING } from '../paths.js';
import { startsReplica } from '../settings.js';
import { servicePlan } from './service-plan.js';
import type { StackPlan } from './state.js';

export const REGISTRY_DATABASE = 'payments_registry';

/** Started in this order as far as one needs the other; stopped in the opposite one. */
export interface StackParts {
  readonly postgres: PartPlan | undefined;
  readonly replica: PartPlan | undefined;
  readonly kafka: PartPlan | undefined;
  readonly redis: PartPlan | undefined;
  readonly registry: PartPlan | undefined;
  readonly simulator: PartPlan | undefined;
  /** Programs to run once: for the tables, and for topics and schemas. */
  readonly makeTables: string | undefined;
  readonly makeTopics: string | undefined;
  /** Ours, started after that. */
  readonly services: readonly PartPlan[];
}

type Ports = StackPlan['settings']['ports'];
type Environment = StackPlan['environment'];

/** What is to be run; a part that the environment gives is undefined. */
export function planParts(
  { settings, environment }: StackPlan,
  artifacts: Artifacts,
  root: string,
): StackParts {
  const { ports, given } = settings;
  const at = (name: string) => join(root, name);
  const postgres = given.postgres
    ? undefined
    : postgresPlan({
        folder: at('postgres'),
        port: ports.postgres,
        databases: ['payments', REGISTRY_DATABASE],
        durable: true,
      });
  return {
    postgres,
    replica:
      postgres !== undefined && startsReplica(given)
        ? replicaPlan({
            folder: at('replica'),
            port: ports.replica,
            primary: postgres,
            database: 'payments',
            durable: true,
          })
        : undefined,
    kafka: given.kafka ? undefined : oneBroker(at('kafka'), artifacts.kafka, ports),
    redis: given.redis
      ? undefined
      : redisPlan({ folder: at('redis'), port: ports.redis, programs: artifacts.redis, durable: true }),
    registry: given.registry
      ? undefined
      : registryPlan({
          folder: at('registry'),
          port: ports.registry,
          programs: artifacts.registry,
          database: registryDatabase(settings.given.postgres, ports.postgres),
          quickStart: true,
        }),
    simulator: simulatorPlan(ports, environment),
    makeTables: MIGRATE,
    makeTopics: SET_UP_MESSAGING,
    services: servicePlans(ports, environment),
  };
}

function oneBroker(folder: string, programs: string, { kafka, kafkaController }: Ports): PartPlan {
  const node = { id: 1, port: kafka, controllerPort: kafkaController };
  return kafkaPlan({ folder, programs, node, cluster: [node], heapMegabytes: 512, quickStart: false });
}

function simulatorPlan(ports: Ports, environment: Environment): PartPlan | undefined {
  return servicePlan({
    name: 'simulator',
    package: 'infra/simulator',
    port: ports.simulator,
    env: {
      ...webhookUrls(ports.ingress),
      ...withoutGatewayAccess(environment),
      SIMULATOR_CERT_PORT: String(ports.simulatorCertificates),
      SIMULATOR_STRIPE_PORT: String(ports.simulatorStripe),
      SIMULATOR_PAYPAL_PORT: String(ports.simulatorPayPal),
      SIMULATOR_RAZORPAY_PORT: String(ports.simulatorRazorpay),
    },
  });
}

function servicePlans(ports: Ports, env: Environment): PartPlan[] {
  return [
    servicePlan({ name: 'ingress', package: 'services/ingress', port: ports.ingress, env }),
    servicePlan({ name: 'query', package: 'services/query', port: ports.query, env }),
    servicePlan({ name: 'webhooks', package: 'services/webhooks', port: ports.webhooks, env }),
    servicePlan({ name: 'intents', package: 'services/intents', port: ports.intents, env }),
    gatewayPlan('stripe', ports.gatewayStripe, env),
    gatewayPlan('paypal', ports.gatewayPayPal, env),
    gatewayPlan('razorpay', ports.gatewayRazorpay, env),
  ].filter((plan) => plan !== undefined);
}

/** One gateway's worker. */
function gatewayPlan(provider: string, port: number, environment: Environment): PartPlan | undefined {
  const env = { ...environment, GATEWAY_PROVIDER: provider };
  return servicePlan({ name: `gateway-${provider}`, package: 'services/gateway', port, env });
}

/** Where the simulated gateways send their webhooks, unless the environment says otherwise. */
function webhookUrls(ingress: number): Record<string, string> {
  const url = (gateway: string) => `http://127.0.0.1:${ingress}/webhooks/${gateway}`;
  return {
    SIMULATOR_STRIPE_WEBHOOK_URL: url('stripe'),
    SIMULATOR_PAYPAL_WEBHOOK_URL: url('paypal'),
    SIMULATOR_RAZORPAY_WEBHOOK_URL: url('razorpay'),
  };
}

/** In the server that is ours, or in the one that DATABASE_URL names. */
function registryDatabase(databaseUrl: string | undefined, port: number): RegistryDatabase {
  if (databaseUrl === undefined) {
    const credentials = { user: POSTGRES_USER, password: POSTGRES_PASSWORD };
    return { host: '127.0.0.1', port, name: REGISTRY_DATABASE, ...credentials };
  }
  const url = new URL(databaseUrl);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    name: REGISTRY_DATABASE,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}
