import { DAY_MS } from '../../time-units.js';
import { invalidRequest } from '../errors.js';
import { captureResource, isoTime, refundResource } from '../resources.js';
import type { PayPalOrder } from '../state.js';
import type { PayPalHandler } from '../world.js';

const RANGE_MS_MAX = 31 * DAY_MS;
const PAGE_SIZE = 100;
const PAGE_SIZE_MAX = 500;

interface Transaction {
  readonly atMs: number;
  readonly transaction_info: { readonly transaction_id: string; readonly [name: string]: unknown };
}

/** What was captured and refunded, once the lag is over. @see https://developer.paypal.com/docs/api/transaction-search/v1/ */
export const searchTransactions: PayPalHandler = ({ query }, { state, clock, settings }) => {
  const start = dateOf(query, 'start_date');
  const end = dateOf(query, 'end_date');
  if (end < start || end - start > RANGE_MS_MAX) {
    throw problem('end_date', 'Date range is greater than 31 days or its end is before its start.');
  }
  const wantedId = query.get('transaction_id');
  const size = numberOf(query, 'page_size', PAGE_SIZE, PAGE_SIZE_MAX);
  const page = numberOf(query, 'page', 1, Number.MAX_SAFE_INTEGER);
  const shownBefore = clock.now() - settings.paypalReportingLagMs;
  const found = [...state.orders.values()]
    .flatMap(transactionsOf)
    .filter(({ atMs }) => atMs >= start && atMs <= end && atMs <= shownBefore)
    .filter(({ transaction_info: { transaction_id: id } }) => wantedId === null || id === wantedId)
    .sort((left, right) => left.atMs - right.atMs);
  return {
    status: 200,
    body: {
      transaction_details: found
        .slice((page - 1) * size, page * size)
        .map(({ transaction_info }) => ({ transaction_info })),
      start_date: isoTime(start),
      end_date: isoTime(end),
      last_refreshed_datetime: isoTime(shownBefore),
      page,
      total_items: found.length,
      total_pages: Math.ceil(found.length / size),
      links: [],
    },
  };
};

function transactionsOf(order: PayPalOrder): Transaction[] {
  const captures = order.captures.map((capture) => {
    const { amount } = captureResource(order, capture);
    const status = capture.status === 'PENDING' ? 'P' : 'S';
    return transaction({ id: capture.id, atMs: capture.createdMs, code: 'T0006', amount, status, order });
  });
  const refunds = order.refunds.map((refund) => {
    const { currency_code, value } = refundResource(order, refund).amount;
    const amount = { currency_code, value: `-${value}` };
    const { id, createdMs: atMs, captureId } = refund;
    return transaction({ id, atMs, code: 'T1107', amount, status: 'S', order, of: captureId });
  });
  return [...captures, ...refunds];
}

interface TransactionParts {
  readonly id: string;
  readonly atMs: number;
  readonly code: string;
  readonly amount: object;
  readonly status: 'P' | 'S';
  readonly order: PayPalOrder;
  /** The capture that a refund is of. */
  readonly of?: string;
}

function transaction({ id, atMs, code, amount, status, order, of }: TransactionParts): Transaction {
  return {
    atMs,
    transaction_info: {
      transaction_id: id,
      ...(of === undefined ? {} : { paypal_reference_id: of, paypal_reference_id_type: 'TXN' }),
      transaction_event_code: code,
      transaction_initiation_date: isoTime(atMs),
      transaction_updated_date: isoTime(atMs),
      transaction_amount: amount,
      transaction_status: status,
      custom_field: order.customId,
      invoice_id: order.invoiceId,
    },
  };
}

function dateOf(query: URLSearchParams, name: string): number {
  const ms = Date.parse(query.get(name) ?? '');
  if (Number.isNaN(ms)) throw problem(name, `${name} is a date and time, as 2026-01-31T00:00:00Z`);
  return ms;
}

function numberOf(query: URLSearchParams, name: string, standard: number, max: number): number {
  const value = Number(query.get(name) ?? standard);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw problem(name, `${name} is a number from 1 to ${max}`);
}

function problem(field: string, description: string): Error {
  return invalidRequest({ field, location: 'query', issue: 'INVALID_PARAMETER_VALUE', description });
}
