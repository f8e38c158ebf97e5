import type { Command, CommandId, IntentId, Rejection } from '@payments/domain';

/** A received command whose form has been checked. */
export interface CommandEntry {
  readonly commandId: CommandId;
  /** As written by its sender, at most 64 characters. */
  readonly type: string;
  readonly intentId: IntentId;
  readonly sender: string;
  /** SHA-256 of its content, without sender and send time. */
  readonly requestHash: Buffer;
  /** In milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Its content, or why it is malformed. */
  readonly content: Command | Rejection;
  /** Kafka headers for the records that result from it, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The command, unless it is malformed. */
export function commandOf({ content }: CommandEntry): Command | undefined {
  return 'code' in content ? undefined : content;
}
