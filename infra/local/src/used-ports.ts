import { portOwner } from './port-owner.js';
import { isPortFree } from './ports.js';
import { GIVEN, PORTS, type PortName, type StackSettings, startsReplica } from './settings.js';

/**
 * One line for each port that somebody listens on: for what it is wanted, by whom it is used, and what can be done.
 *
 * @param isOurs whether the part's own program may be the one that listens
 */
export async function usedPorts(
  settings: StackSettings,
  isOurs: (part: string) => boolean = () => false,
): Promise<string[]> {
  const problems: string[] = [];
  for (const name of portsToListenOn(settings)) {
    if (isOurs(partOf(name)) || (await isPortFree(settings.ports[name]))) continue;
    problems.push(complaint(name, settings.ports[name]));
  }
  return problems;
}

function portsToListenOn({ given }: StackSettings): PortName[] {
  const isGiven = (part: string): boolean => given[part as keyof typeof given] !== undefined;
  const names = Object.keys(PORTS) as PortName[];
  return names.filter((name) => (name === 'replica' ? startsReplica(given) : !isGiven(partOf(name))));
}

function complaint(name: PortName, port: number): string {
  const owner = portOwner(port);
  const by = owner === undefined ? 'another process' : `${owner.name} (process ${owner.pid})`;
  const variable = GIVEN[partOf(name) as keyof typeof GIVEN];
  const instead = variable === undefined ? '' : `, or use what is there: ${variable}=… make up`;
  return (
    `port ${port}, wanted for ${partOf(name)}, is used by ${by}: stop it, or choose another port: ` +
    `${PORTS[name].variable}=… make up${instead}`
  );
}

/** The part that listens there, by the name that `make status` shows. */
function partOf(name: PortName): string {
  if (name === 'kafkaController') return 'kafka';
  if (name.startsWith('simulator')) return 'simulator';
  return name.replace(/(?<=^gateway)[A-Z]\w*/, (provider) => `-${provider.toLowerCase()}`);
}
