import type { Environment } from './environment.js';
import type { ownAddresses } from './own-addresses.js';

/** How the simulator is called: by what nobody could take for credentials; gateway workers take it to no real gateway. */
const SIMULATED = {
  STRIPE_API_KEY: 'sk_test_local_simulator',
  PAYPAL_CLIENT_ID: 'local-simulator',
  PAYPAL_CLIENT_SECRET: 'local-simulator-secret',
  RAZORPAY_KEY_ID: 'rzp_test_local_simulator',
  RAZORPAY_KEY_SECRET: 'local-simulator-secret',
} as const;

/** Where gateways are called and as whom: the simulator, unless the environment names them, or files that do. */
export function gatewayAccess(
  env: Environment,
  own: ReturnType<typeof ownAddresses>,
): Record<string, string> {
  const access: Record<string, string> = {
    STRIPE_API_BASE: env.STRIPE_API_BASE || own.STRIPE_API_BASE,
    PAYPAL_API_BASE: env.PAYPAL_API_BASE || own.PAYPAL_API_BASE,
    RAZORPAY_API_BASE: env.RAZORPAY_API_BASE || own.RAZORPAY_API_BASE,
  };
  for (const [name, simulated] of Object.entries(SIMULATED)) {
    const file = env[`${name}_FILE`];
    if (file) access[`${name}_FILE`] = file;
    else access[name] = env[name] || simulated;
  }
  return access;
}

/** Without the credentials: the simulator takes any, and has no business with those of real gateways. */
export function withoutGatewayAccess(environment: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(SIMULATED);
  const isKept = ([name]: [string, string]): boolean => !names.includes(name.replace(/_FILE$/, ''));
  return Object.fromEntries(Object.entries(environment).filter(isKept));
}
