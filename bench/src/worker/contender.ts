import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { processEnv } from '@payments/runtime';
import { makeWorkload, type Workload, type WorkloadSpec } from './workload.js';

/** The result of a program that is compared with the worker, which it prints on stdout. */
export interface Measured {
  readonly webhooks: number;
  readonly seconds: number;
  /** Transactions, or webhooks, that had to be repeated. */
  readonly repeated: number;
  readonly failed: number;
}

const env = processEnv();

export function workloadVariables({ seed, payments, providers, atMs, duplicates }: WorkloadSpec) {
  return {
    WORKLOAD: JSON.stringify({ seed, payments, providers, atMs, duplicates }),
  };
}

/** The workload for which this program was started, generated from its specification. */
export function givenWorkload(): Workload {
  const spec: unknown = JSON.parse(given('WORKLOAD'));
  if (!isSpec(spec)) throw new Error('WORKLOAD is none');
  return makeWorkload(spec);
}

export function given(name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} is not set: make bench starts this program`);
  return value;
}

export function report(measured: Measured): void {
  process.stdout.write(JSON.stringify(measured));
}

function isSpec(value: unknown): value is WorkloadSpec {
  if (typeof value !== 'object' || value === null) return false;
  const { seed, payments, providers, atMs, duplicates } = value as Partial<WorkloadSpec>;
  return (
    [seed, payments, atMs, duplicates].every((one) => typeof one === 'number') &&
    (providers?.every((one: GatewayProvider) => GATEWAY_PROVIDERS.includes(one)) ?? false)
  );
}
