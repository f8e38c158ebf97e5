import { expect } from '@jest/globals';
import type { IntentId } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { aCreation } from './a-creation.js';
import { AnswerGate } from './answer-gate.js';
import { GatewayHarness } from './gateway-harness.js';
import type { Place } from './worker-process.js';
import { WorkerProcess } from './worker-process-handle.js';

/** The steps of a worker with one attempt, in order. */
export const STEPS: readonly (readonly [string, Place | 'answer'])[] = [
  ['it has leased the attempt', { of: 'WITH due AS', at: 'after commit' }],
  ['it is about to mark it SENT', { of: "SET state = 'SENT'", at: 'statement' }],
  ['it has marked it and not committed', { of: "SET state = 'SENT'", at: 'before commit' }],
  ['it has committed that, and has not called', { of: "SET state = 'SENT'", at: 'after commit' }],
  ['the gateway has done it, and has not answered', 'answer'],
  ['it has the answer', { of: 'gateway_object_refs', at: 'statement' }],
  ['the intent is about to be written', { of: 'UPDATE payment_intents', at: 'statement' }],
  [
    'the transaction of the money is about to be written',
    { of: 'INTO payment_transaction_keys', at: 'statement' },
  ],
  ['events are about to be left in the outbox', { of: 'INSERT INTO outbox', at: 'statement' }],
  ['the attempt is about to end', { of: 'finished_at = clock_timestamp()', at: 'statement' }],
  ['everything is written and not committed', { of: 'finished_at = clock_timestamp()', at: 'before commit' }],
  ['everything is committed', { of: 'finished_at = clock_timestamp()', at: 'after commit' }],
];

/** Of a scene, on a busy machine. */
export const SCENE_MS_MAX = 120_000;
const TIMEOUT_MS = 1_000;

/** A payment whose confirmation is processed by a worker in its own process, which blocks at `place`. */
export class InterruptedScene {
  readonly harness: GatewayHarness;
  readonly intentId: IntentId;
  readonly worker: WorkerProcess;
  readonly #gate: AnswerGate;

  /** Runs a scene that begins there. */
  static async play(place: Place | 'answer', act: (scene: InterruptedScene) => Promise<void>): Promise<void> {
    const harness = await GatewayHarness.create();
    try {
      await act(await InterruptedScene.#at(harness, place));
    } finally {
      await harness.close();
    }
  }

  static async #at(harness: GatewayHarness, place: Place | 'answer'): Promise<InterruptedScene> {
    const first = harness.startWorker('stripe');
    const create = aCreation('stripe', { confirm: false });
    const { intentId } = create;
    await harness.command(create);
    await harness.untilStatus(intentId, 'REQUIRES_CONFIRMATION');
    await first.close();
    // Facts that a webhook reports first would not be written with the answer.
    harness.desk.hold();
    await harness.command(commandOn(create, 'confirm', { paymentMethodToken: 'pm_card_visa' }));
    const gate = await AnswerGate.open(harness.urls.stripe);
    if (place === 'answer') gate.hold('/confirm');
    const worker = new WorkerProcess({
      databaseUrl: harness.databaseUrl,
      provider: 'stripe',
      timeoutMs: TIMEOUT_MS,
      urls: { ...harness.urls, stripe: gate.url },
      place: place === 'answer' ? null : place,
    });
    harness.onClose(() => gate.close());
    harness.onClose(() => worker.kill());
    const scene = new InterruptedScene({ harness, intentId, worker, gate });
    const isThere = worker.stopped();
    // Fails at once if the worker exits early.
    await (place === 'answer' ? Promise.race([scene.#untilDone(), isThere]) : isThere);
    return scene;
  }

  private constructor(parts: {
    readonly harness: GatewayHarness;
    readonly intentId: IntentId;
    readonly worker: WorkerProcess;
    readonly gate: AnswerGate;
  }) {
    this.harness = parts.harness;
    this.intentId = parts.intentId;
    this.worker = parts.worker;
    this.#gate = parts.gate;
  }

  /** Another worker takes over once the lease has expired. */
  async takenOver(): Promise<void> {
    this.harness.startWorker('stripe', { config: { timeoutMs: 5_000 } });
    await this.harness.untilStatus(this.intentId, 'SUCCEEDED');
    await this.harness.untilFinished(this.intentId);
    this.harness.desk.letGo();
  }

  letAnswersGo(): void {
    this.#gate.letGo();
  }

  async expectPaidOnce(): Promise<void> {
    const { harness, intentId } = this;
    expect(await harness.states(intentId)).toEqual(['1 create SUCCEEDED', '1 confirm SUCCEEDED']);
    expect(await harness.ledger(intentId)).toMatchObject({ chargeCount: 1, charged: 1999 });
    expect((await harness.intent(intentId)).amountCaptured).toBe(1999n);
    const open = await harness.rows('SELECT 1 FROM gateway_requests WHERE answered_at IS NULL');
    expect(open).toEqual([]);
  }

  async #untilDone(): Promise<void> {
    await until(() => this.#gate.heldCount > 0, {
      what: 'the gateway to have done it',
      everyMs: 5,
      timeoutMs: SCENE_MS_MAX,
    });
  }
}
