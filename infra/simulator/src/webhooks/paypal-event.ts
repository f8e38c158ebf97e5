import type { ResourceKind } from './paypal-resources.js';

/** What PayPal calls the resource in `resource_type`; v1 shapes have no `resource_version`. */
const RESOURCE_TYPES: Readonly<Record<ResourceKind, readonly [string, '1.0' | '2.0']>> = {
  order: ['checkout-order', '2.0'],
  approval: ['checkout-order', '2.0'],
  authorization: ['authorization', '2.0'],
  capture: ['capture', '2.0'],
  refund: ['refund', '2.0'],
  authorization_v1: ['authorization', '1.0'],
  capture_v1: ['capture', '1.0'],
  capture_refund_v1: ['refund', '1.0'],
  sale: ['sale', '1.0'],
  sale_refund: ['refund', '1.0'],
  dispute: ['dispute', '1.0'],
  subscription: ['subscription', '2.0'],
};

export interface PayPalEventParts {
  readonly id: string;
  readonly type: string;
  readonly kind: ResourceKind;
  /** ISO 8601. */
  readonly time: string;
  readonly resource: object;
}

/** An event around a resource. @see https://developer.paypal.com/api/rest/webhooks/ */
export function paypalEvent({ id, type, kind, time, resource }: PayPalEventParts) {
  const [resourceType, version] = RESOURCE_TYPES[kind];
  return {
    id,
    event_version: '1.0',
    create_time: time,
    resource_type: resourceType,
    ...(version === '2.0' ? { resource_version: version } : {}),
    event_type: type,
    summary: `Simulated ${type}`,
    resource,
    links: [
      { href: `https://api.paypal.com/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' },
    ],
  };
}
