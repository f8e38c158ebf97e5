/** Headers of a webhook request, names in lower case, ready for any HTTP client. */
export type WebhookHeaders = Record<string, string>;
