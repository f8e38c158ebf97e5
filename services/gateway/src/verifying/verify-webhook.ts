import { type GatewayClient, GatewayError } from '@payments/gateways';
import {
  type Database,
  deferVerifying,
  refuseVerifying,
  type SettledByReport,
  settleVerified,
  type VerifyingWebhook,
} from '@payments/persistence';
import type { TellChanges } from '@payments/worker';
import { decideVerification, type Finding, ownObjectOf, type Verification } from './decide-verification.js';
import type { VerifyingEvents } from './verifying-events.js';

export interface VerifyWebhookDeps {
  readonly database: Pick<Database, 'transaction'>;
  readonly client: Pick<GatewayClient, 'fetch'>;
  readonly events: VerifyingEvents;
  readonly tell: TellChanges;
}

/**
 * Fetches the object of a webhook from the gateway, and ends the webhook according to the answer: never according to
 * the body, which may be forged. No locks are held during the call.
 */
export class VerifyWebhook {
  readonly #deps: VerifyWebhookDeps;

  constructor(deps: VerifyWebhookDeps) {
    this.#deps = deps;
  }

  /** Does not reject: a webhook that fails is leased again later. */
  async verify(webhook: VerifyingWebhook): Promise<void> {
    const { events } = this.#deps;
    try {
      const verification = decideVerification(webhook, await this.#find(webhook));
      const settled = await this.#conclude(webhook, verification);
      events.verified(webhook, verification, settled);
      if (settled !== null) await this.#deps.tell(settled);
    } catch (error) {
      events.failed(webhook, error);
    }
  }

  async #find(webhook: VerifyingWebhook): Promise<Finding> {
    try {
      const answer = await this.#deps.client.fetch(ownObjectOf(webhook));
      return answer === null ? { kind: 'missing' } : { kind: 'shown', answer };
    } catch (error) {
      if (error instanceof GatewayError) return { kind: 'unanswered', error };
      throw error;
    }
  }

  #conclude(webhook: VerifyingWebhook, verification: Verification): Promise<SettledByReport | null> {
    return this.#deps.database.transaction(async (em) => {
      switch (verification.kind) {
        case 'apply': {
          const { gatewayObjectId, objectIds, facts, intentId = null } = verification.answer;
          const shown = { objectIds: [gatewayObjectId, ...objectIds], facts, intentId };
          return settleVerified(em, webhook, shown);
        }
        case 'refuse':
          await refuseVerifying(em, webhook, verification.reason);
          return null;
        case 'again':
          await deferVerifying(em, webhook, { error: verification.reason, retryMs: verification.retryMs });
          return null;
      }
    });
  }
}
