import type { Subject } from './subject.js';

export const paypalSubject: Subject = {
  provider: 'paypal',
  settings: (apiBase, timeoutMs) => ({
    provider: 'paypal',
    apiBase,
    timeoutMs,
    clientId: 'conformance',
    clientSecret: 'conformance-secret',
  }),
  currency: 'USD',
  hold: 'authorize',
  mutations: {
    create: 'orders.create',
    confirm: 'orders.capture',
    authorize: 'orders.authorize',
    capture: 'authorizations.capture',
    cancel: 'authorizations.void',
    refund: 'captures.refund',
  },
  read: 'orders.get',
  // Not `create`: an order cannot be found by an id of ours.
  provable: ['confirm', 'authorize', 'capture', 'cancel', 'refund'],
  keepsServerErrors: false,
  capturesInPart: true,
  customerAgrees: async ({ simulator }, { gatewayObjectId }) => {
    simulator.customer.act('paypal', gatewayObjectId, { decline: undefined });
    return {};
  },
  declineNext: (gateways) => {
    gateways.strikeOnce('paypal', 'orders.capture', 'decline');
    return {};
  },
  unknownIds: ['0AB12345CD678901E', 'order-42', 'PP-D-12345', ''],
  amounts: [
    [1999n, 'USD'],
    [295n, 'JPY'],
    [50_000n, 'HUF'],
    [29_500n, 'TWD'],
  ],
  impossibleAmount: [50_001n, 'HUF'],
};
