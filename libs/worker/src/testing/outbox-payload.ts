/** An event of an intent as the domain has it, and as it lies in the outbox: bigints as strings. */
export function eventPayload(intentId: string, version: number, over: object = {}): object {
  return {
    ...{ type: 'captured', version, intentId, orderId: 'order-1', customerId: 'customer-1' },
    ...{ status: 'SUCCEEDED', previousStatus: 'PROCESSING', amount: '1999', currency: 'USD' },
    ...{ amountAuthorized: '0', amountCaptured: '1999', amountRefunded: '0', amountRefundPending: '0' },
    ...{ amountDisputed: '0', currentLeg: 1, occurredAt: 1_764_000_000_123, lastError: null },
    transaction: {
      ...{ provider: 'stripe', type: 'PAYMENT', objectId: 'pi_1', leg: 1, status: 'SUCCEEDED' },
      ...{ amount: { amountMinor: '1999', currency: 'USD' }, occurredAt: 1_764_000_000_123 },
      ...{ reference: 'ch_1', failure: null },
    },
    nextAction: null,
    alerts: [],
    ...over,
  };
}
