import { createHash } from 'node:crypto';
import type { Command } from '@payments/domain';
import type { CommandEntry } from '../index.js';

/** A command as its worker passes it on. */
export function entryOf(command: Command): CommandEntry {
  const { commandId, type, intentId } = command;
  const wanted = JSON.stringify(command, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return {
    commandId,
    type,
    intentId,
    sender: 'test',
    content: command,
    receivedAt: Date.now(),
    requestHash: createHash('sha256').update(wanted).digest(),
  };
}
