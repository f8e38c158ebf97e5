/** One thing that happens to a payment. A share is a hundredth of the payment's amount. */
export type Step =
  | {
      readonly kind:
        | 'opened'
        | 'requires_action'
        | 'processing'
        | 'failed'
        | 'authorized'
        | 'canceled'
        | 'voided';
    }
  | { readonly kind: 'captured'; readonly share: number }
  | {
      readonly kind: 'refund';
      readonly index: number;
      readonly share: number;
      readonly state: 'pending' | 'succeeded' | 'failed';
    }
  | { readonly kind: 'dispute'; readonly state: 'opened' | 'under_review' | 'won' | 'lost' | 'closed' };

export type StepKind = Step['kind'];
export type StepOf<Kind extends StepKind> = Extract<Step, { readonly kind: Kind }>;

const step = (kind: Exclude<StepKind, 'captured' | 'refund' | 'dispute'>): Step => ({ kind });
const refund = (index: number, share: number, state: StepOf<'refund'>['state']): Step => ({
  kind: 'refund',
  index,
  share,
  state,
});
const dispute = (state: StepOf<'dispute'>['state']): Step => ({ kind: 'dispute', state });

const OPENED = step('opened');
const CAPTURED: Step = { kind: 'captured', share: 100 };
const PAID = [OPENED, CAPTURED] as const;

/** How a payment's life ends, and what leads there, in order. */
export const PAYMENT_OUTCOMES = {
  pending: [OPENED, step('processing')],
  captured: [OPENED, step('processing'), CAPTURED],
  'action-then-captured': [OPENED, step('requires_action'), step('processing'), CAPTURED],
  authorized: [OPENED, step('authorized')],
  'authorized-then-captured': [OPENED, step('authorized'), CAPTURED],
  'authorized-then-partly-captured': [OPENED, step('authorized'), { kind: 'captured', share: 60 }],
  failed: [OPENED, step('failed')],
  'failed-then-captured': [OPENED, step('failed'), step('processing'), CAPTURED],
  canceled: [OPENED, step('canceled')],
  voided: [OPENED, step('authorized'), step('voided')],
  'captured-then-refunded': [...PAID, refund(0, 100, 'pending'), refund(0, 100, 'succeeded')],
  'partially-refunded': [
    ...PAID,
    refund(0, 30, 'pending'),
    refund(1, 20, 'pending'),
    refund(1, 20, 'succeeded'),
    refund(0, 30, 'succeeded'),
  ],
  'refund-pending': [...PAID, refund(0, 50, 'pending')],
  'refund-failed': [...PAID, refund(0, 50, 'pending'), refund(0, 50, 'failed')],
  'disputed-won': [...PAID, dispute('opened'), dispute('under_review'), dispute('won')],
  'disputed-lost': [...PAID, dispute('opened'), dispute('under_review'), dispute('lost')],
  'dispute-closed': [...PAID, dispute('opened'), dispute('closed')],
} as const satisfies Record<string, readonly Step[]>;

export type PaymentOutcome = keyof typeof PAYMENT_OUTCOMES;
