import { PaymentsClient } from '@payments/client';
import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import { until } from '@payments/local/testing';
import { changeGatewayConfig, type Database } from '@payments/persistence';
import { createLogger } from '@payments/runtime';
import { Differences } from '../ledger/compare-payment.js';
import { readLedger } from '../ledger/stored-ledger.js';
import type { AddedFault, OperationCount, SimulatorControl } from '../simulator-control.js';
import { CommandSide } from '../testing/command-side.js';
import type { Pipeline } from '../testing/pipeline.js';
import { compareLedgers, type Moved } from './compare-ledgers.js';
import { type Driven, driveCheckouts, type Ended } from './drive.js';
import { faultRules } from './faults.js';
import type { Checkout } from './plan.js';
import { readUnknownOutcomes, type UnknownOutcomes } from './unknown-outcomes.js';

/** Time-out of a call; not shorter, because the simulator runs on the same busy machine. */
const TIMEOUT_MS = 1_500;
/** How long a breaker stays open: shortened like the quiet period. */
const BREAKER_RESET_MS = 3_000;
const KEY_LIFETIME_MS = 5_000;
const SEARCH_LAG_MS = 2_000;
/** After this time an unknown outcome is put before a person. */
const REVIEW_AFTER_MS = 100_000;
const GIVE_UP_MS = 240_000;
const DELIVERED_MS_MAX = 60_000;

/** Webhooks are duplicated, delayed and reordered, as gateways may do. */
const DISORDER = { duplicate: 0.1, reorder: 0.2, delay: 0.2, delayMsMax: 3_000 };

export interface CheckoutsRun {
  readonly seed: number;
  readonly checkouts: readonly Checkout[];
  readonly concurrently: number;
  /** Milliseconds after the last sending from which on absence at the gateway proves that a call was not executed. */
  readonly quietMs: number;
  readonly onProgress: (driven: Driven) => void;
}

export interface CheckoutsResult extends Moved {
  readonly ended: readonly Ended[];
  readonly faults: readonly AddedFault[];
  readonly requests: readonly OperationCount[];
  readonly unknown: UnknownOutcomes;
  /** Gateway workers that were killed. */
  readonly killed: readonly GatewayProvider[];
  readonly differences: Differences;
  readonly seconds: number;
}

/**
 * Makes payments at failing gateways, kills each gateway's worker once meanwhile, and finally compares the gateways'
 * ledgers with what was requested, and our ledger with theirs.
 */
export async function runCheckouts(pipeline: Pipeline, run: CheckoutsRun): Promise<CheckoutsResult> {
  await shortenTimes(pipeline.database);
  const side = await CommandSide.start(pipeline, {
    seed: run.seed,
    simulated: {
      stripeKeyLifetimeMs: KEY_LIFETIME_MS,
      paypalOrderKeyLifetimeMs: KEY_LIFETIME_MS,
      paypalPaymentKeyLifetimeMs: KEY_LIFETIME_MS,
      razorpayRefundKeyLifetimeMs: KEY_LIFETIME_MS,
      // Shorter than the quiet period, as in production: otherwise absence would prove nothing.
      stripeSearchLagMs: SEARCH_LAG_MS,
      // Webhooks without a 2xx are sent again within seconds.
      webhookTimeFactor: 600,
    },
    ofGateways: { GATEWAY_QUIET_MS: String(run.quietMs), GATEWAY_REVIEW_AFTER_MS: String(REVIEW_AFTER_MS) },
  });
  const client = await PaymentsClient.connect({
    brokers: pipeline.stack.kafkaBrokers,
    registryUrl: pipeline.stack.registryUrl,
    service: 'shop',
    logger: createLogger({ service: 'shop', level: 'silent' }),
  });
  try {
    for (const rule of faultRules()) await side.simulator.addFault(rule);
    await side.simulator.disorder({ seed: run.seed, ...DISORDER });
    return await driven(pipeline, side, client, run);
  } finally {
    await client.close();
    await side.close();
  }
}

async function driven(
  pipeline: Pipeline,
  side: CommandSide,
  client: PaymentsClient,
  { checkouts, concurrently, onProgress }: CheckoutsRun,
): Promise<CheckoutsResult> {
  const { database } = pipeline;
  const startedAt = performance.now();
  const killing = new Killing(side, checkouts.length);
  const ended = await driveCheckouts(checkouts, {
    client,
    database,
    concurrently,
    giveUpMs: GIVE_UP_MS,
    onProgress: (at) => {
      killing.killIfDue(at.begun);
      onProgress(at);
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await killing.untilHealed();
  await untilDelivered(side.simulator);
  await pipeline.untilDrained();
  const differences = new Differences();
  const intentIds = checkouts.map(({ intentId }) => intentId);
  const stored = await readLedger(database, { intentIds, webhookIds: [] });
  const moved = compareLedgers(ended, await side.simulator.ledger(), stored, differences);
  await addRejections(database, differences);
  addUnsettled(ended, differences);
  return {
    ...moved,
    ended,
    differences,
    seconds,
    killed: killing.killed,
    faults: await side.simulator.faults(),
    requests: await side.simulator.requests(),
    unknown: await readUnknownOutcomes(database),
  };
}

/** Kills each gateway's worker once, evenly over the run, and starts it again. */
class Killing {
  readonly killed: GatewayProvider[] = [];
  readonly #side: CommandSide;
  readonly #every: number;
  readonly #healing: Promise<void>[] = [];

  constructor(side: CommandSide, checkouts: number) {
    this.#side = side;
    this.#every = checkouts / (GATEWAY_PROVIDERS.length + 1);
  }

  killIfDue(begun: number): void {
    const next = GATEWAY_PROVIDERS[this.killed.length];
    if (next === undefined || begun < (this.killed.length + 1) * this.#every) return;
    this.killed.push(next);
    const worker = this.#side.workers[next];
    this.#healing.push(worker.kill().then(() => worker.launch()));
  }

  async untilHealed(): Promise<void> {
    await Promise.all(this.#healing);
    await Promise.all(this.killed.map((one) => this.#side.workers[one].untilReady()));
  }
}

async function shortenTimes(database: Database): Promise<void> {
  await database.transaction(async (em) => {
    for (const provider of GATEWAY_PROVIDERS) {
      const act = { by: 'checkouts', reason: 'so that time-outs and open breakers do not take long' };
      const numbers = { timeoutMs: TIMEOUT_MS, 'breaker.resetAfterMs': BREAKER_RESET_MS };
      await changeGatewayConfig(em, provider, { numbers }, act);
    }
  });
}

async function untilDelivered(simulator: SimulatorControl): Promise<void> {
  await until(async () => (await simulator.webhooksWaiting()) === 0, {
    timeoutMs: DELIVERED_MS_MAX,
    everyMs: 200,
    what: 'every webhook to be delivered',
  });
}

/** Every command is valid, so a rejection is a difference. */
async function addRejections(
  { primary }: Pick<Database, 'primary'>,
  differences: Differences,
): Promise<void> {
  const rejected: { what: string }[] = await primary.query(
    `SELECT type || ' of ' || intent_id || ': ' || code AS what FROM commands WHERE outcome = 'REJECTED'`,
  );
  for (const { what } of rejected) differences.add(`rejected: ${what}`);
}

/** A checkout that did not end must wait for a person, with a reason. */
function addUnsettled(ended: readonly Ended[], differences: Differences): void {
  for (const { checkout, progress, settledMs } of ended) {
    if (settledMs !== null || (progress?.inReview ?? '') !== '') continue;
    const status = progress?.status ?? 'not there';
    differences.add(
      `${checkout.provider} ${checkout.story} ${checkout.intentId} is ${status}, and nobody is asked`,
    );
  }
}
