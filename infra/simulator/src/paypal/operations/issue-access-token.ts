import { issueToken, TOKEN_LIFETIME_S } from '../access-tokens.js';
import type { PayPalHandler } from '../world.js';

/** Its credentials are checked where every call's are. @see https://developer.paypal.com/api/rest/authentication/ */
export const issueAccessToken: PayPalHandler = (_, { clock }) => ({
  status: 200,
  body: {
    scope: 'https://uri.paypal.com/services/payments/payment',
    access_token: issueToken(),
    token_type: 'Bearer',
    app_id: 'APP-SIMULATED',
    expires_in: TOKEN_LIFETIME_S,
    nonce: clock.seconds().toString(36),
  },
});
