export type {
  GatewayClientSettings,
  PayPalClientSettings,
  RazorpayClientSettings,
  StripeClientSettings,
} from './client/client-settings.js';
export { createGatewayClient } from './client/create-gateway-client.js';
export type { GatewayAnswer, GatewayClient } from './client/gateway-client.js';
export {
  GATEWAY_ERROR_TYPES,
  GatewayError,
  type GatewayErrorParts,
  type GatewayErrorType,
} from './client/gateway-error.js';
export { createCertificateFetch, type FetchCertificate } from './paypal/certificate-fetch.js';
export { PAYPAL_CERTIFICATE_SUBJECTS } from './paypal/certificate-trust.js';
export { PAYPAL_CERTIFICATE_HOSTS } from './paypal/certificate-url.js';
export { PAYPAL_EVENTS, type PayPalEventType } from './paypal/events.js';
export { PAYPAL_EXPONENTS } from './paypal/facts.js';
export { RAZORPAY_EVENTS, type RazorpayEventType } from './razorpay/events.js';
export { RAZORPAY_EXPONENTS } from './razorpay/facts.js';
export { readWebhook } from './read-webhook.js';
export {
  BREAKER_GROUPS,
  type BreakerChange,
  type BreakerGroup,
  type BreakerListener,
  type BreakerSettings,
  type BreakerState,
  type GuardedClient,
  withBreakers,
} from './resilience/breakers.js';
export { RateLimit } from './resilience/rate-limit.js';
export { STRIPE_EVENTS, type StripeEventType } from './stripe/events.js';
export { STRIPE_EXPONENTS } from './stripe/facts.js';
export { createWebhookVerifiers, type WebhookVerifiersConfig } from './verifiers.js';
export {
  EFFECT_NAMES,
  type EffectName,
  type VerifiedWebhook,
  type WebhookReading,
  type WebhookRequest,
  type WebhookVerifier,
} from './webhook.js';
export { WebhookError, type WebhookErrorKind } from './webhook-error.js';
