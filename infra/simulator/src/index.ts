export { CertificateAuthority, type Validity, validForDays } from './certificate-authority.js';
export {
  type CertificateServer,
  type CertificateServerOptions,
  serveCertificates,
} from './certificate-server.js';
export { type SimulatorConfig, simulatorSettings } from './config.js';
export { paypalTarget, razorpayTarget, stripeTarget } from './delivery/webhook-targets.js';
export { CALL_FAULTS, CUSTOMER_FAULTS, type FaultKind, type FaultRule } from './faults/fault-rule.js';
export type { PaymentEnd } from './histories/end.js';
export { PAYMENT_OUTCOMES, type PaymentOutcome } from './histories/outcomes.js';
export {
  outcomesOf,
  type PaymentHistory,
  type PaymentHistoryOptions,
  paymentHistory,
} from './histories/payment-history.js';
export type { LedgerPayment } from './ledger/ledger.js';
export type { LedgerEntry, LedgerMovement } from './ledger/ledger-entry.js';
export { createPayPalChain, type PayPalChain, type PayPalChainOptions } from './paypal-chain.js';
export { PayPalSigner, type PayPalTransmission } from './paypal-signer.js';
export { type Random, seededRandom } from './random.js';
export { type SimulatorSettings, STANDARD_SETTINGS } from './settings.js';
export { signRazorpay, signStripe } from './sign-hmac.js';
export { Simulator, type SimulatorOptions } from './simulator.js';
export { openSimulatorState, readPayPalSigner, type SimulatorState } from './simulator-state.js';
export { type ServerOptions, type SimulatorServer, startServer } from './start-server.js';
export type { WebhookHeaders } from './webhook-headers.js';
export {
  PAYPAL_WEBHOOK_TYPES,
  type PayPalIds,
  type PayPalWebhookOptions,
  type PayPalWebhookType,
  paypalWebhook,
} from './webhooks/paypal.js';
export {
  RAZORPAY_WEBHOOK_TYPES,
  type RazorpayIds,
  type RazorpayWebhookOptions,
  type RazorpayWebhookType,
  razorpayWebhook,
} from './webhooks/razorpay.js';
export type { SimulatedWebhook, WebhookOptions } from './webhooks/simulated-webhook.js';
export {
  STRIPE_WEBHOOK_TYPES,
  type StripeIds,
  type StripeWebhookOptions,
  type StripeWebhookType,
  stripeWebhook,
} from './webhooks/stripe.js';
export { withFreshId } from './webhooks/with-fresh-id.js';
