import { GatewayError } from '../../client/gateway-error.js';

/** The GatewayError of a call. Other errors are rethrown, and an answer is an error. */
export async function gatewayErrorOf(call: Promise<unknown>): Promise<GatewayError> {
  try {
    const answer = await call;
    throw new Error(
      `answered: ${JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
    );
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
