import type { Endpoint } from './endpoint.js';
import { getCommand } from './handlers/get-command.js';
import { getCustomerPayments } from './handlers/get-customer-payments.js';
import { getIntent } from './handlers/get-intent.js';
import { getOrderPayments } from './handlers/get-order-payments.js';
import { getReviews } from './handlers/get-reviews.js';
import { getTimeline } from './handlers/get-timeline.js';
import { getWebhookStatistics } from './handlers/get-webhook-statistics.js';

/** All endpoints, most requested first. */
export const ENDPOINTS: readonly Endpoint[] = [
  getIntent,
  getTimeline,
  getOrderPayments,
  getCustomerPayments,
  getCommand,
  getReviews,
  getWebhookStatistics,
];
