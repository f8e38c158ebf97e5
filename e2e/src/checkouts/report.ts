import { countBy, percentile, table } from '../demo/table.js';
import type { Ended } from './drive.js';
import type { CheckoutsResult } from './run.js';

const SETTLED_MS_MAX = 120_000;
const SETTLED_SHARE_MIN = 0.99;

/** The tables, each with a sentence that explains it. */
export function report(result: CheckoutsResult): string {
  return [paymentTable, faultTable, unknownTable, settledLine].map((part) => part(result)).join('\n\n');
}

function paymentTable({ ended, charges, refunds }: CheckoutsResult): string {
  const counts = countBy(ended, ({ checkout, progress }) =>
    [checkout.provider, checkout.story, progress?.status ?? 'no payment'].join('|'),
  );
  const rows = [...counts].map(([key, count]) => [...key.split('|'), count]).sort();
  return `${ended.length} payments, by what was to become of them and what became of them. By the gateways' own books they are
${charges} charges and ${refunds} refunds.
${table(['begun at', 'story', 'payment is', 'payments'], rows)}`;
}

function faultTable({ faults, requests }: CheckoutsResult): string {
  const calls = requests.reduce((sum, one) => sum + one.requests, 0);
  const faulted = requests.reduce((sum, one) => sum + one.faulted, 0);
  const rows = faults.map(({ kind, hits }) => [kind, hits]);
  return `Of ${calls} calls ${faulted} went wrong (${((100 * faulted) / calls).toFixed(1)} %).
${table(['fault', 'calls'], rows)}`;
}

function unknownTable({ unknown, killed }: CheckoutsResult): string {
  const sum = [...unknown.values()].reduce((total, count) => total + count, 0);
  return `${sum} times it was not known whether a call had been carried out. (Killed on the way: the workers of
${killed.join(', ')}.)
${table(['how that ended', 'calls'], [...unknown])}`;
}

/** The reason why the run was too slow; null if it was not. */
export function tooSlow({ ended }: CheckoutsResult): string | null {
  const share = inTimeOf(ended).length / ended.length;
  if (share >= SETTLED_SHARE_MIN) return null;
  return `only ${(100 * share).toFixed(1)} % were settled within ${SETTLED_MS_MAX / 1000} s, not ${100 * SETTLED_SHARE_MIN} %`;
}

function inTimeOf(ended: readonly Ended[]): Ended[] {
  return ended.filter(({ settledMs }) => settledMs !== null && settledMs <= SETTLED_MS_MAX);
}

function settledLine({ ended, seconds }: CheckoutsResult): string {
  const took = ended.flatMap(({ settledMs }) => settledMs ?? []);
  const inTime = inTimeOf(ended).length;
  const inReview = ended.filter(
    ({ progress, settledMs }) => settledMs === null && progress?.inReview != null,
  );
  const reasons = countBy(inReview, ({ progress }) => progress?.inReview ?? '');
  const why = [...reasons].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const inSeconds = (share: number): string => (percentile(took, share) / 1000).toFixed(1);
  return `Settled, with every refund: ${inTime} of ${ended.length} within ${SETTLED_MS_MAX / 1000} s of their creation (p50 ${inSeconds(0.5)} s,
p99 ${inSeconds(0.99)} s), ${took.length - inTime} later (the longest after ${inSeconds(1)} s); ${inReview.length} wait for a person${
    why === '' ? '' : ` (${why})`
  }.
All of it took ${seconds.toFixed(0)} s.`;
}
