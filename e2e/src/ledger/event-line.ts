/** An event of an intent as a line of text, for comparison. */
export type EventLine = string;

type Whole = bigint | number;

/** The fields that the domain's and the contract's events have in common. */
interface ComparableEvent {
  readonly version: number;
  readonly type: string;
  readonly status: string;
  readonly previousStatus: string;
  readonly occurredAt: number;
  readonly amountAuthorized: Whole;
  readonly amountCaptured: Whole;
  readonly amountRefunded: Whole;
  readonly amountRefundPending: Whole;
  readonly amountDisputed: Whole;
  readonly alerts: readonly string[];
  readonly transaction: {
    readonly type: string;
    readonly objectId: string;
    readonly status: string;
    readonly amount: Whole;
  } | null;
}

export function lineOfEvent(event: ComparableEvent): EventLine {
  const { amountAuthorized, amountCaptured, amountRefunded, amountRefundPending, amountDisputed } = event;
  const { version, type, previousStatus, status, occurredAt, transaction: moved, alerts } = event;
  const sums = [amountAuthorized, amountCaptured, amountRefunded, amountRefundPending, amountDisputed];
  const what = moved === null ? '-' : `${moved.type} ${moved.objectId} ${moved.status} ${moved.amount}`;
  return `${version} ${type} ${previousStatus}>${status} ${sums.join('/')} ${occurredAt} ${what} ${alerts.join()}`;
}
