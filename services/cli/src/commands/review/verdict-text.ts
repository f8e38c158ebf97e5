import type { StoredAttempt } from '@payments/persistence';

/** What the gateway's object says of a verdict, by the code of the error that the fetch ended with. */
const NOT_CONFIRMED: Readonly<Record<string, string>> = {
  VERDICT_NOT_SHOWN: 'not shown by the gateway',
  VERDICT_OF_ANOTHER: "another attempt's at the gateway",
};

/** `executed by ada, object pi_1: not shown by the gateway`; null without a verdict. */
export function verdictText({
  verdict,
  inquiryError,
}: Pick<StoredAttempt, 'verdict' | 'inquiryError'>): string | null {
  if (verdict === null) return null;
  const objection = inquiryError === null ? undefined : NOT_CONFIRMED[inquiryError.code];
  const said = `${verdict.verdict} by ${verdict.by}, object ${verdict.objectId ?? 'not named'}`;
  return objection === undefined ? said : `${said}: ${objection}`;
}
