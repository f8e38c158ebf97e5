import type { Environment } from './environment.js';
import { withoutOwnAddresses } from './own-addresses.js';
import type { LocalSecrets } from './secrets.js';
import { PORTS, type PortName, readStackSettings } from './settings.js';
import { stackEnvironment } from './stack-environment.js';
import type { StackPlan } from './supervisor/state.js';

/**
 * The variables by which the environment asks for something else than the stack that runs by `plan` has. What is not
 * named in the environment is not asked for.
 *
 * @throws Error that lists every variable that is wrong, or says that the plan is of an older version
 */
export function askedOtherwise(
  plan: StackPlan,
  env: Environment,
  secrets: LocalSecrets,
  root: string,
): string[] {
  const isOfThisVersion = Object.keys(PORTS).every((name) => name in plan.settings.ports);
  if (!isOfThisVersion) {
    throw new Error('the stack that runs was started by an older version: `make down`, then `make up`');
  }
  const named = withoutOwnAddresses(env);
  const runs = environmentOf(plan);
  const asked = { ...runs, ...named };
  const settings = readStackSettings(asked);
  const wanted = environmentOf({ settings, environment: stackEnvironment(settings, secrets, asked, root) });
  return Object.keys(named).filter((name) => wanted[name] !== runs[name]);
}

/** A plan as the environment that leads to it. */
export function environmentOf({ settings, environment }: StackPlan): Record<string, string> {
  const ports = Object.entries(PORTS).map(([name, { variable }]) => [
    variable,
    String(settings.ports[name as PortName]),
  ]);
  return { ...environment, ...Object.fromEntries(ports) };
}
