import type { GatewayCommand } from '@payments/contracts';
import {
  asCommandId,
  asIntentId,
  asIntentRowId,
  GATEWAY_OPERATIONS,
  type GatewayOperation,
  type GatewayProvider,
} from '@payments/domain';
import type { NewAttempt } from '@payments/persistence';
import { PoisonError } from '@payments/worker';

/** Maps a record to its attempt. @throws PoisonError if it describes no call that this worker can make */
export function readGatewayCommand(command: GatewayCommand, provider: GatewayProvider): NewAttempt {
  if (command.gatewayProvider !== provider) {
    throw new PoisonError(
      'WRONG_GATEWAY',
      `a call for ${command.gatewayProvider} in the topic of ${provider}`,
    );
  }
  if (!isOperation(command.operation)) {
    throw new PoisonError('UNKNOWN_OPERATION', `no gateway is asked for ${command.operation}`);
  }
  const { operation, leg, amount, issuedAt, notAfter } = command;
  if (leg < 1) throw new PoisonError('NOT_IDENTIFIED', `legs are counted from 1: ${leg}`);
  return {
    ...idsOf(command),
    provider,
    operation,
    leg,
    askedAt: issuedAt,
    notAfter,
    amount: amount === null ? null : BigInt(amount),
  };
}

function idsOf({ commandId, paymentIntentId, intentId }: GatewayCommand) {
  try {
    return {
      commandId: asCommandId(commandId),
      paymentIntentId: asIntentRowId(paymentIntentId),
      intentId: asIntentId(intentId),
    };
  } catch (cause) {
    throw new PoisonError('NOT_IDENTIFIED', 'command and payment have to be named by UUIDs', { cause });
  }
}

function isOperation(value: string): value is GatewayOperation {
  return (GATEWAY_OPERATIONS as readonly string[]).includes(value);
}
