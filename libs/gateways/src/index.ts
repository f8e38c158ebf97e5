export { describeWebhook } from './describe-webhook.js';
export { createCertificateFetch, type FetchCertificate } from './paypal/certificate-fetch.js';
export { PAYPAL_CERTIFICATE_SUBJECTS } from './paypal/certificate-trust.js';
export { PAYPAL_CERTIFICATE_HOSTS } from './paypal/certificate-url.js';
export { PAYPAL_EFFECTS, type PayPalEffectType } from './paypal/events.js';
export { RAZORPAY_EFFECTS, type RazorpayEffectType } from './razorpay/events.js';
export { STRIPE_EFFECTS, type StripeEffectType } from './stripe/events.js';
export { createWebhookVerifiers, type WebhookVerifiersConfig } from './verifiers.js';
export {
  EFFECT_NAMES,
  type EffectName,
  type VerifiedWebhook,
  type WebhookDescription,
  type WebhookRequest,
  type WebhookVerifier,
} from './webhook.js';
export { WebhookError, type WebhookErrorKind } from './webhook-error.js';
