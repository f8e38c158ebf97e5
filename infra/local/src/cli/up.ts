import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeApiKeys } from '../api-keys.js';
import { type Environment, processEnvironment } from '../environment.js';
import { fetchArtifacts } from '../install/artifacts.js';
import { adviceOnMissing, missingPrerequisites } from '../install/prerequisites.js';
import { withLock } from '../lock.js';
import { makeFolder } from '../paths.js';
import { portOwner } from '../port-owner.js';
import { isPortFree } from '../ports.js';
import { isAlive } from '../process-identity.js';
import { localSecrets } from '../secrets.js';
import {
  GIVEN,
  PORTS,
  type PortName,
  readStackSettings,
  type StackSettings,
  startsReplica,
} from '../settings.js';
import { stackEnvironment } from '../stack-environment.js';
import { boundLog } from '../supervisor/bounded-logs.js';
import { readState, type StackFiles, writeJson } from '../supervisor/state.js';
import { untilEnded, untilStarted } from './follow.js';
import { endLeftovers, leftovers } from './leftovers.js';
import { printStatus } from './status.js';

const SUPERVISOR = fileURLToPath(new URL('../supervisor/main.js', import.meta.url));

/** Starts the stack unless it runs, and returns once everything answers. */
export async function up(files: StackFiles): Promise<void> {
  const onWait = () => console.log('another `make up` is at work; waiting for it');
  await withLock(files.upLock, () => upAlone(files), { onWait });
}

async function upAlone(files: StackFiles): Promise<void> {
  const state = readState(files);
  const runs = state !== undefined && isAlive(state.supervisor);
  if (runs && (state.phase === 'starting' || state.phase === 'ready')) {
    if (state.phase === 'starting') await untilStarted(files);
    console.log('the stack is running already; `make down` first to change ports or parts');
    printStatus(files);
    return;
  }
  if (runs) await untilEnded(files);
  await startSupervisor(files);
}

async function startSupervisor(files: StackFiles): Promise<void> {
  const startedAt = performance.now();
  const env = processEnvironment();
  const settings = readStackSettings(env);
  const missing = missingPrerequisites(settings.given);
  if (missing.length > 0) throw new Error(adviceOnMissing(missing));
  await clearAway(files);
  await fetchArtifacts((line) => console.log(line));
  await checkPorts(settings);
  launchSupervisor(files, settings, env);
  await untilStarted(files);
  printStatus(files);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\nThe stack is up after ${seconds} s. Its addresses: eval "$(make -s env)". See it work: make demo`,
  );
}

async function clearAway(files: StackFiles): Promise<void> {
  const left = leftovers(files.pids);
  if (left.length === 0) return;
  console.log(
    `the last supervisor was killed and left ${left.map(({ name }) => name).join(', ')}: ending them`,
  );
  await endLeftovers(files.pids);
}

/** @throws Error that tells each used port, who uses it, and what can be done. */
async function checkPorts({ ports, given }: StackSettings): Promise<void> {
  const needed = (Object.keys(PORTS) as PortName[]).filter((name) =>
    name === 'replica'
      ? startsReplica(given)
      : !(partOf(name) in given && given[partOf(name) as keyof typeof given] !== undefined),
  );
  const problems: string[] = [];
  for (const name of needed) {
    const port = ports[name];
    if (await isPortFree(port)) continue;
    const owner = portOwner(port);
    const by = owner === undefined ? 'another process' : `${owner.name} (process ${owner.pid})`;
    const variable = GIVEN[partOf(name) as keyof typeof GIVEN];
    const instead = variable === undefined ? '' : `, or use what is there: ${variable}=… make up`;
    problems.push(
      `port ${port}, wanted for ${name}, is used by ${by}: stop it, or choose another port: ` +
        `${PORTS[name].variable}=… make up${instead}`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function partOf(name: PortName): string {
  return name === 'kafkaController' ? 'kafka' : name;
}

function launchSupervisor(files: StackFiles, settings: StackSettings, env: Environment): void {
  makeFolder(files.logs);
  const secrets = localSecrets(files.secrets);
  const environment = stackEnvironment(settings, secrets, env, files.root);
  writeApiKeys(files.root, environment.PAYMENTS_API_KEY);
  writeJson(files.plan, { settings, environment });
  const logFile = join(files.logs, 'supervisor.log');
  boundLog(logFile);
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--enable-source-maps', SUPERVISOR, files.root], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  // Until it has written a state of its own, so that nobody takes the last one's for it.
  const supervisor = { pid: child.pid ?? -1, startedAt: '' };
  writeJson(files.state, { supervisor, phase: 'starting', message: undefined, parts: [] });
}
