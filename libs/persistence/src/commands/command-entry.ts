import type { Command, CommandId, IntentId, Rejection } from '@payments/domain';
import type { OutboxHeaders } from '../outbox/append-outbox.js';

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
  /** For the records that result from it. */
  readonly headers?: OutboxHeaders;
}

/** The command, unless it is malformed. */
export function commandOf({ content }: CommandEntry): Command | undefined {
  return 'code' in content ? undefined : content;
}
