import { type Database, type PaymentChange, signalApprovals } from '@payments/persistence';
import type { Logger } from '@payments/runtime';

/** Called once changes are committed: some may be what calls at a gateway wait for. Never rejects. */
export type WakeGateways = (changes: readonly PaymentChange[]) => Promise<void>;

/** Tells the workers of gateways, whose timers find what they were not told of. */
export function gatewayWaker(database: Pick<Database, 'primary'>, logger: Logger): WakeGateways {
  return async (changes) => {
    try {
      await signalApprovals(database, changes);
    } catch (error) {
      logger.warn({ err: error }, 'the workers of gateways were not told of approvals');
    }
  };
}
