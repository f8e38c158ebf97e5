import { createRequire } from 'node:module';

/** The part of kafkajs' request queue (2.2.4, src/network/requestQueue) that is mended here. */
interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(this: RequestQueue): void;
}

let mended = false;

/**
 * With nothing pending, kafkajs sets a timer for 1970 after each reply, and sets it anew whenever it fires: a
 * thousand wake-ups a second on every idle connection, and a TimeoutNegativeWarning from Node 24
 * (tulios/kafkajs#1751, mended there but never released). A request that has to wait sets the timer itself, so
 * that nothing is missed without those. Warnings of anybody else's timers stay.
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
