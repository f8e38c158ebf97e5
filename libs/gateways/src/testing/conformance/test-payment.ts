import {
  asCommandId,
  asIntentRowId,
  attemptIdOf,
  type CaptureMethod,
  decideAll,
  type Fact,
  type FactKind,
  type GatewayOperation,
  gatewayIdempotencyKeyOf,
  intentIdOf,
  newPayment,
  onLeg,
  type PlannedCall,
  sumsIn,
  uuidv7,
} from '@payments/domain';
import type { GatewayAnswer, GatewayClient } from '../../client/gateway-client.js';
import type { Subject } from './subject.js';
import type { TestGateways } from './test-gateways.js';

export interface TestPaymentParts {
  readonly gateways: TestGateways;
  readonly subject: Subject;
  readonly client: GatewayClient;
  readonly captureMethod?: CaptureMethod;
  readonly amountMinor?: bigint;
  readonly currency?: string;
}

/** The kind of fact whose object is the target of an operation. */
const TARGETS: Partial<Record<GatewayOperation, FactKind>> = {
  capture: 'authorized',
  cancel: 'authorized',
  refund: 'captured',
};

/** One payment at a gateway, with calls like its worker's: with the ids of earlier answers. */
export class TestPayment {
  readonly orderId = `order-${uuidv7()}`;
  readonly answers: GatewayAnswer[] = [];
  readonly #parts: TestPaymentParts;
  #confirmation: Partial<PlannedCall> = {};

  constructor(parts: TestPaymentParts) {
    this.#parts = parts;
  }

  get intentId() {
    return intentIdOf(this.orderId, this.#parts.subject.provider);
  }

  get amount() {
    const { amountMinor = 1999n, currency = this.#parts.subject.currency } = this.#parts;
    return { amountMinor, currency };
  }

  get captureMethod(): CaptureMethod {
    return this.#parts.captureMethod ?? 'automatic';
  }

  get facts(): Fact[] {
    return this.answers.flatMap(({ facts }) => facts);
  }

  /** A call under a key of its own. */
  call(operation: GatewayOperation, more: Partial<PlannedCall> = {}): PlannedCall {
    const commandId = asCommandId(uuidv7());
    const isConfirmation = operation === 'confirm' || operation === 'authorize';
    return {
      operation,
      idempotencyKey: gatewayIdempotencyKeyOf(commandId, 1, operation),
      attemptId: attemptIdOf(commandId, 1, operation),
      intentId: this.intentId,
      orderId: this.orderId,
      customerId: 'cust-7',
      amount: this.amount,
      captureMethod: this.captureMethod,
      gatewayObjectId: this.answers[0]?.gatewayObjectId ?? null,
      targetId: this.#targetOf(operation),
      paymentMethodToken: null,
      gatewaySignature: null,
      returnUrl: 'https://shop.example/return',
      reason: null,
      metadata: operation === 'create' ? { basket: 'b-1' } : {},
      ...(isConfirmation ? this.#confirmation : {}),
      ...more,
    };
  }

  async send(operation: GatewayOperation, more: Partial<PlannedCall> = {}): Promise<GatewayAnswer> {
    const answer = await this.#parts.client.send(this.call(operation, more));
    this.answers.push(answer);
    return answer;
  }

  /** Creates the payment, and the customer agrees. */
  async untilAgreed(): Promise<this> {
    const created = await this.send('create');
    this.#confirmation = await this.#parts.subject.customerAgrees(this.#parts.gateways, created);
    return this;
  }

  /** Confirms the payment, so that it is authorized or captured. */
  async untilConfirmed(): Promise<this> {
    await this.untilAgreed();
    await this.send(this.confirmation);
    return this;
  }

  get confirmation(): GatewayOperation {
    return this.captureMethod === 'manual' ? this.#parts.subject.hold : 'confirm';
  }

  /** The status and sums that result from the facts. */
  decided(facts: readonly Fact[] = this.facts) {
    const payment = newPayment({
      id: asIntentRowId(uuidv7()),
      intentId: this.intentId,
      orderId: this.orderId,
      customerId: 'cust-7',
      provider: this.#parts.subject.provider,
      amount: this.amount,
      captureMethod: this.captureMethod,
    });
    const { intent } = decideAll(
      payment,
      facts.map((fact) => onLeg(fact, 1)),
    ).payment;
    const { amountCaptured, amountRefunded } = sumsIn(intent);
    return { status: intent.status, amountCaptured, amountRefunded };
  }

  #targetOf(operation: GatewayOperation): string | null {
    const kind = TARGETS[operation];
    return this.facts.find((fact) => fact.kind === kind)?.objectId ?? null;
  }
}

/** A payment for which the operation is the next call to make. */
export async function paymentBefore(
  operation: GatewayOperation,
  parts: Omit<TestPaymentParts, 'captureMethod'>,
): Promise<TestPayment> {
  const isManual = operation === 'capture' || operation === 'cancel' || operation === 'authorize';
  const payment = new TestPayment({ ...parts, captureMethod: isManual ? 'manual' : 'automatic' });
  if (operation === 'create') return payment;
  if (operation === 'confirm' || operation === 'authorize') return payment.untilAgreed();
  return payment.untilConfirmed();
}
