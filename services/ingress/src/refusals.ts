import type { Problem } from '@payments/runtime';

export const NOT_FOUND: Problem = {
  status: 404,
  title: 'No such resource',
  detail:
    'Webhooks are received at /webhooks/stripe, /webhooks/paypal and /webhooks/razorpay, commands below ' +
    '/v1/payment-intents: see /openapi.json. Payments are read from the query service.',
};

export const METHOD_NOT_ALLOWED: Problem = {
  status: 405,
  title: 'Method not allowed',
  detail:
    'Send webhooks and commands with POST; payments are read from the query service, where statusUrl leads.',
  headers: { allow: 'POST' },
};
