import { ledgerOf } from '../ledger/ledger.js';
import { paypalEntry } from '../ledger/paypal-ledger.js';
import { razorpayEntry } from '../ledger/razorpay-ledger.js';
import { stripeEntry } from '../ledger/stripe-ledger.js';
import type { ControlHandler } from './control-request.js';

/** Charges, refunds and holds of each payment; of one alone with `?intentId=`. */
export const readLedger: ControlHandler = ({ query }, simulator) => {
  const intentId = query.get('intentId');
  const entries = [
    ...Array.from(simulator.stripe.payments.values(), stripeEntry),
    ...Array.from(simulator.paypal.orders.values(), paypalEntry),
    ...Array.from(simulator.razorpay.orders.values(), razorpayEntry),
  ];
  const wanted = intentId === null ? entries : entries.filter((entry) => entry.intentId === intentId);
  return { payments: ledgerOf(wanted), forgotten: simulator.forgotten() };
};
