import { randomUUID } from 'node:crypto';
import {
  type ClientOptions,
  type CommandOutcome,
  consumeCommandOutcomes,
  consumeIntentEvents,
  type NewIntent,
  type PaymentIntentEvent,
  PaymentsClient,
  type RunningConsumer,
  type SentCommand,
} from '@payments/client';

/** The payment of an order, as far as it is known. */
export interface OrderPayment {
  readonly orderId: string;
  readonly commandId: string;
  /** DONE or REJECTED, once the outcome of the creation is known. */
  readonly outcome?: string;
  /** Why it was rejected. */
  readonly code?: string | null;
  /** Of the intent, once it exists. */
  readonly status?: string;
}

export interface OrderServiceOptions extends ClientOptions {
  readonly onChange: (payment: OrderPayment) => void;
  readonly onCrash: (error: Error) => void;
}

/**
 * An order service at its smallest: it asks for payments and follows what becomes of them. A real one keeps its
 * payments in a database, and the versions of intents with them.
 */
export class OrderService {
  readonly #options: OrderServiceOptions;
  readonly #payments = new Map<string, OrderPayment>();
  #client: PaymentsClient | undefined;
  #consumers: readonly RunningConsumer[] = [];

  constructor(options: OrderServiceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const options = { ...this.#options, groupId: this.#options.service };
    this.#client = await PaymentsClient.connect(this.#options);
    this.#consumers = await Promise.all([
      consumeCommandOutcomes({ ...options, onOutcome: async (outcome) => this.#hearOutcome(outcome) }),
      consumeIntentEvents({ ...options, onEvent: async (event) => this.#hearEvent(event) }),
    ]);
  }

  /** Asks for the payment of an order; what becomes of it is told to `onChange`. */
  async pay(intent: NewIntent): Promise<SentCommand> {
    if (this.#client === undefined) throw new Error('the order service is not started');
    const { orderId } = intent;
    // Drawn and kept before it is sent: whatever happens on the way, it can be sent again as the same command.
    const payment = this.#payments.get(orderId) ?? { orderId, commandId: randomUUID() };
    this.#payments.set(orderId, payment);
    return this.#client.createIntent(intent, { commandId: payment.commandId });
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.close()));
    await this.#client?.close();
  }

  #hearOutcome({ commandId, outcome, code }: CommandOutcome): void {
    const payment = [...this.#payments.values()].find((one) => one.commandId === commandId);
    if (payment !== undefined) this.#change({ ...payment, outcome, code });
  }

  #hearEvent({ orderId, status }: PaymentIntentEvent): void {
    const payment = this.#payments.get(orderId);
    if (payment !== undefined) this.#change({ ...payment, status });
  }

  #change(payment: OrderPayment): void {
    this.#payments.set(payment.orderId, payment);
    this.#options.onChange(payment);
  }
}
