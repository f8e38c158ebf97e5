import { createRequire } from 'node:module';

/** The part of kafkajs' request queue (2.2.4, src/network/requestQueue) that is patched here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(this: RequestQueue): void;
}

let mended = false;

/**
 * With nothing pending, kafkajs schedules a timer in the past after every reply, and again whenever it fires: a
 * thousand wake-ups a second per idle connection, and a TimeoutNegativeWarning on Node 24 (tulios/kafkajs#1751, fixed
 * there but never released). A request that has to wait schedules its own timer, so none of these is needed. Warnings
 * about other code's timers are kept.
 */
export function mendIdleTimers(): void {
  if (mended) return;
  mended = true;
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as {
    readonly prototype: RequestQueue;
  };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
