import { GatewayError } from '../../client/gateway-error.js';

/** The GatewayError that a call ends in; any other error, or an answer, goes on. */
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
