import type { Problem } from '@payments/runtime';

export const NOT_FOUND: Problem = {
  status: 404,
  title: 'No such resource',
  detail:
    'Webhooks are received at /webhooks/stripe, /webhooks/paypal and /webhooks/razorpay, commands below ' +
    '/v1/payment-intents: see /openapi.json.',
};

export const METHOD_NOT_ALLOWED: Problem = {
  status: 405,
  title: 'Method not allowed',
  detail: 'Send webhooks and commands with POST.',
  headers: { allow: 'POST' },
};
