import type { Environment } from './environment.js';
import { withoutOwnAddresses } from './own-addresses.js';

/** Where the local stack listens, and the variable that moves each port. */
export const PORTS = {
  ingress: { variable: 'INGRESS_PORT', standard: 8080 },
  query: { variable: 'QUERY_PORT', standard: 8081 },
  webhooks: { variable: 'WEBHOOKS_PORT', standard: 8083 },
  intents: { variable: 'INTENTS_PORT', standard: 8084 },
  gatewayStripe: { variable: 'GATEWAY_STRIPE_PORT', standard: 8085 },
  gatewayPayPal: { variable: 'GATEWAY_PAYPAL_PORT', standard: 8086 },
  gatewayRazorpay: { variable: 'GATEWAY_RAZORPAY_PORT', standard: 8087 },
  simulator: { variable: 'SIMULATOR_PORT', standard: 8090 },
  simulatorCertificates: { variable: 'SIMULATOR_CERT_PORT', standard: 8091 },
  simulatorStripe: { variable: 'SIMULATOR_STRIPE_PORT', standard: 8092 },
  simulatorPayPal: { variable: 'SIMULATOR_PAYPAL_PORT', standard: 8093 },
  simulatorRazorpay: { variable: 'SIMULATOR_RAZORPAY_PORT', standard: 8094 },
  postgres: { variable: 'POSTGRES_PORT', standard: 15432 },
  replica: { variable: 'REPLICA_PORT', standard: 15433 },
  redis: { variable: 'REDIS_PORT', standard: 16379 },
  kafka: { variable: 'KAFKA_PORT', standard: 19092 },
  kafkaController: { variable: 'KAFKA_CONTROLLER_PORT', standard: 19093 },
  registry: { variable: 'REGISTRY_PORT', standard: 18081 },
} as const;

export type PortName = keyof typeof PORTS;

/** Parts that can be replaced, and the variable that names the replacement. */
export const GIVEN = {
  postgres: 'DATABASE_URL',
  replica: 'READ_DATABASE_URL',
  kafka: 'KAFKA_BROKERS',
  registry: 'SCHEMA_REGISTRY_URL',
  redis: 'REDIS_URL',
} as const;

export type ReplaceablePart = keyof typeof GIVEN;

export interface StackSettings {
  readonly ports: Readonly<Record<PortName, number>>;
  /** Addresses of parts that are not ours to start. */
  readonly given: Readonly<Partial<Record<ReplaceablePart, string>>>;
}

/** @throws Error that lists every variable that is wrong. */
export function readStackSettings(env: Environment): StackSettings {
  const problems: string[] = [];
  const ports = {} as Record<PortName, number>;
  for (const [name, { variable, standard }] of Object.entries(PORTS)) {
    const text = env[variable] || String(standard);
    const port = Number(text);
    if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) ports[name as PortName] = port;
    else problems.push(`${variable}=${text} is not a port (1 to 65535)`);
  }
  problems.push(...portsUsedTwice(ports));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { ports, given: givenParts(env) };
}

/** A replica of ours is one of a Postgres of ours: somebody else's may have one, or none. */
export function startsReplica(given: StackSettings['given']): boolean {
  return given.postgres === undefined && given.replica === undefined;
}

function givenParts(env: Environment): StackSettings['given'] {
  const given: Partial<Record<ReplaceablePart, string>> = {};
  const set = withoutOwnAddresses(env);
  for (const [part, variable] of Object.entries(GIVEN)) {
    const address = set[variable];
    if (address !== undefined) given[part as ReplaceablePart] = address;
  }
  return given;
}

function portsUsedTwice(ports: StackSettings['ports']): string[] {
  const takenBy = new Map<number, string>();
  const problems: string[] = [];
  for (const [name, port] of Object.entries(ports)) {
    const { variable } = PORTS[name as PortName];
    const other = takenBy.get(port);
    if (other !== undefined)
      problems.push(`${other} and ${variable} are both ${port}: each part needs a port`);
    takenBy.set(port, variable);
  }
  return problems;
}
