import { table } from './table.js';

/** The result of a command. Empty texts and version 0 stand for none. */
export interface CommandResult {
  /** The answer to the sender. */
  readonly answer: string;
  readonly outcome: string;
  /** Why it was rejected. */
  readonly code: string;
  /** Status of the payment. */
  readonly payment: string;
  readonly version: number;
}

/** Version null if it depends on the order of the gateway's webhooks. */
export type ExpectedResult = Omit<CommandResult, 'version'> & { readonly version: number | null };

/** A command that was sent. */
export interface CommandSeen {
  readonly path: 'HTTP' | 'Kafka';
  readonly what: string;
  readonly expected: ExpectedResult;
  readonly found: CommandResult;
  /** From sending it until its outcome could be read; null if there is none, or it existed before. */
  readonly committedMs: number | null;
}

export interface CommandsSeen {
  readonly commands: readonly CommandSeen[];
  /** Number of payments of the order whose creation was sent several times; null if it cannot be read. */
  readonly paymentsOfRepeated: number | null;
}

const HEAD = ['path', 'command', 'answer', 'outcome', 'code', 'payment is', 'ms'];

export function commandTable({ commands, paymentsOfRepeated }: CommandsSeen): string {
  const lines = commands.map(({ path, what, found, committedMs }) => [
    path,
    what,
    found.answer,
    found.outcome || '·',
    found.code || '·',
    paymentIn(found),
    committedMs === null ? '·' : committedMs.toFixed(1),
  ]);
  return `Payments by command, over HTTP to the ingress or straight to Kafka, read back from the query service. A command
counts once, whichever way it comes: what is sent again has the outcome of the first, and that order has
${paymentsOfRepeated ?? 'who knows how many'} payment${paymentsOfRepeated === 1 ? '' : 's'}. "ms" is from sending a command until its outcome, once committed, could be read.
${table(HEAD, lines)}`;
}

/** The results that differ from the expected ones. */
export function commandContradictions({ commands, paymentsOfRepeated }: CommandsSeen): string[] {
  const found = commands.flatMap(differencesIn);
  if (paymentsOfRepeated !== 1) {
    found.push(
      `the order whose creation was repeated has ${paymentsOfRepeated ?? 'who knows how many'} payments in place of 1`,
    );
  }
  return found;
}

function differencesIn({ path, what, expected, found }: CommandSeen): string[] {
  const fields = Object.keys(expected) as (keyof CommandResult)[];
  return fields
    .filter((field) => expected[field] !== null && found[field] !== expected[field])
    .map(
      (field) =>
        `${what} (${path}): ${field} is ${found[field] || 'none'} in place of ${expected[field] || 'none'}`,
    );
}

function paymentIn({ payment, version }: CommandResult): string {
  return payment === '' ? '·' : `${payment} (version ${version})`;
}
