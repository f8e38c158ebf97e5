import type { GatewayProvider } from '@payments/domain';

/** Money that moved, or is held. Amounts are ISO 4217 minor units. */
export interface LedgerMovement {
  /** Charge, capture, payment, authorization or refund. */
  readonly id: string;
  readonly amount: number;
  readonly status: string;
}

/** What one gateway holds of one payment intent or order. */
export interface LedgerEntry {
  readonly provider: GatewayProvider;
  /** Of the payment intent or order. */
  readonly objectId: string;
  /** The merchant's own id of the payment, from `metadata.intentId`, `custom_id` or `notes.intentId`. */
  readonly intentId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly status: string;
  /** Money that was captured. */
  readonly charges: readonly LedgerMovement[];
  /** Money that was given back, or is about to be. */
  readonly refunds: readonly LedgerMovement[];
  /** Money that is or was held before a capture. */
  readonly holds: readonly LedgerMovement[];
}
