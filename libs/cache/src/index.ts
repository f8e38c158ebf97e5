export { type Cache, type CacheEntry, type CacheOptions, createCache } from './cache.js';
export { type Claims, claims } from './claims.js';
export {
  type CachedPayment,
  customerPaymentsKey,
  forgetPayments,
  keysOfPayments,
  orderPaymentsKey,
  paymentIntentKey,
} from './payment-keys.js';
export { type Admission, type SlidingLimit, slidingLimit } from './sliding-limit.js';
export { type Look, MARK_TTL_S, type Ticket, type Versioned } from './versioned.js';
export { type WebhookMarks, webhookMarks } from './webhook-marks.js';
