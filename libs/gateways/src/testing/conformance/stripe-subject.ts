import type { Subject } from './subject.js';

export const stripeSubject: Subject = {
  provider: 'stripe',
  settings: (apiBase, timeoutMs) => ({
    provider: 'stripe',
    apiBase,
    timeoutMs,
    apiKey: 'sk_test_conformance',
  }),
  currency: 'USD',
  hold: 'confirm',
  mutations: {
    create: 'payment_intents.create',
    confirm: 'payment_intents.confirm',
    capture: 'payment_intents.capture',
    cancel: 'payment_intents.cancel',
    refund: 'refunds.create',
  },
  read: 'payment_intents.retrieve',
  provable: ['create', 'confirm', 'capture', 'cancel', 'refund'],
  keepsServerErrors: true,
  capturesInPart: true,
  customerAgrees: async () => ({ paymentMethodToken: 'pm_card_visa' }),
  declineNext: () => ({ paymentMethodToken: 'pm_card_chargeDeclined' }),
  unknownIds: ['pi_unknown', 'ch_unknown', 're_unknown', 'order-42', ''],
  amounts: [
    [1999n, 'USD'],
    [295n, 'JPY'],
    [5120n, 'KWD'],
    [5n, 'ISK'],
    [700n, 'UGX'],
    [50_000n, 'MGA'],
  ],
  impossibleAmount: [50_001n, 'MGA'],
};
