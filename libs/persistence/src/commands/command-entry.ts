import type { Command, CommandId, IntentId, Rejection } from '@payments/domain';

/** A command as it came, checked in its form. */
export interface CommandEntry {
  readonly commandId: CommandId;
  /** As its sender wrote it, at most 64 characters. */
  readonly type: string;
  readonly intentId: IntentId;
  readonly sender: string;
  /** SHA-256 of what is wanted, without when it was sent and by whom. */
  readonly requestHash: Buffer;
  /** In milliseconds since the epoch. */
  readonly receivedAt: number;
  /** What is wanted, or why that cannot be read. */
  readonly content: Command | Rejection;
  /** Kafka headers of what it leads to, such as `traceparent`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The command, unless its form was refused. */
export function commandOf({ content }: CommandEntry): Command | undefined {
  return 'code' in content ? undefined : content;
}
