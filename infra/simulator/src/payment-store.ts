import { BoundedMap } from './bounded-map.js';

interface Identified {
  readonly id: string;
}

/** A gateway's payments with all that belongs to them, each found by its own id or by one of theirs. */
export class PaymentStore<Payment extends Identified> {
  readonly #payments: BoundedMap<string, Payment>;
  readonly #owners = new Map<string, Payment>();

  /**
   * @param paymentsMax the oldest are forgotten, with what belongs to them
   * @param belongingsOf ids of all that belongs to a payment
   */
  constructor(
    paymentsMax: number,
    belongingsOf: (payment: Payment) => readonly Identified[],
    onForget: (payment: Payment) => void = () => {},
  ) {
    this.#payments = new BoundedMap(paymentsMax, (payment) => {
      for (const { id } of belongingsOf(payment)) this.#owners.delete(id);
      onForget(payment);
    });
  }

  get size(): number {
    return this.#payments.size;
  }

  /** How many were forgotten for want of room. */
  get forgotten(): number {
    return this.#payments.forgotten;
  }

  add(payment: Payment): void {
    this.#payments.set(payment.id, payment);
  }

  get(id: string): Payment | undefined {
    return this.#payments.get(id);
  }

  /** Oldest first. */
  values(): IterableIterator<Payment> {
    return this.#payments.values();
  }

  /** Lets the payment be found by the id of what belongs to it. */
  own(payment: Payment, belonging: Identified): void {
    this.#owners.set(belonging.id, payment);
  }

  /** The payment that a charge, capture, refund or the like belongs to. */
  ownerOf(id: string): Payment | undefined {
    return this.#owners.get(id);
  }

  clear(): void {
    this.#payments.clear();
    this.#owners.clear();
  }
}
