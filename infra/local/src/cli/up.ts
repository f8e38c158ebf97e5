import { spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeApiKeys } from '../api-keys.js';
import { askedOtherwise, environmentOf } from '../asked-settings.js';
import { builtAt } from '../built-at.js';
import { type Environment, processEnvironment } from '../environment.js';
import { fetchArtifacts } from '../install/artifacts.js';
import { adviceOnMissing, missingPrerequisites } from '../install/prerequisites.js';
import { withLock } from '../lock.js';
import { makeFolder } from '../paths.js';
import { isAlive } from '../process-identity.js';
import { localSecrets } from '../secrets.js';
import { readStackSettings, type StackSettings } from '../settings.js';
import { stackEnvironment } from '../stack-environment.js';
import { boundLog } from '../supervisor/bounded-logs.js';
import { readPlan, readState, type StackFiles, type StackPlan, writeJson } from '../supervisor/state.js';
import { usedPorts } from '../used-ports.js';
import { stopSupervisor } from './down.js';
import { untilEnded, untilStarted } from './follow.js';
import { endLeftovers, leftovers } from './leftovers.js';
import { printStatus } from './status.js';

const SUPERVISOR = fileURLToPath(new URL('../supervisor/main.js', import.meta.url));

/**
 * Starts the stack unless it runs, and again if it runs code from before the last build; returns once everything
 * answers. Ctrl-C meanwhile ends what was started.
 *
 * @throws Error if it runs and the environment asks for something else
 */
export async function up(files: StackFiles): Promise<void> {
  const onWait = () => console.log('another `make up` is at work; waiting for it');
  await withLock(files.upLock, () => upAlone(files), { onWait });
}

async function upAlone(files: StackFiles): Promise<void> {
  const state = readState(files);
  const runs = state !== undefined && isAlive(state.supervisor);
  if (runs && (state.phase === 'starting' || state.phase === 'ready')) {
    checkAsked(files);
    if (state.phase === 'starting') await untilStartedOrInterrupted(files);
    const outdated = outdatedPlan(files);
    if (outdated !== undefined) return startAnew(files, outdated);
    console.log('the stack is running already');
    printStatus(files);
    return;
  }
  if (runs) await untilEnded(files);
  await startSupervisor(files, processEnvironment());
}

/** Of a stack that runs code from before the last build. */
function outdatedPlan(files: StackFiles): StackPlan | undefined {
  const plan = readPlan(files);
  return plan !== undefined && builtAt() > statSync(files.plan).mtimeMs ? plan : undefined;
}

async function startAnew(files: StackFiles, plan: StackPlan): Promise<void> {
  console.log('the code was built anew since the stack started: starting it again, with the same settings');
  await stopSupervisor(files);
  await startSupervisor(files, environmentOf(plan));
}

/** Whoever asks for another port and is told that all is well would look for it in vain. */
function checkAsked(files: StackFiles): void {
  const plan = readPlan(files);
  if (plan === undefined) return;
  const others = askedOtherwise(plan, processEnvironment(), localSecrets(files.secrets), files.root);
  if (others.length === 0) return;
  throw new Error(
    `the stack runs with other settings than these, and nothing was changed: ${others.join(', ')}. ` +
      'To change it: `make down`, then `make up` with them. To leave it as it is: `make up` without them',
  );
}

async function startSupervisor(files: StackFiles, env: Environment): Promise<void> {
  const startedAt = performance.now();
  const settings = readStackSettings(env);
  const missing = missingPrerequisites(settings.given);
  if (missing.length > 0) throw new Error(adviceOnMissing(missing));
  await clearAway(files);
  await fetchArtifacts((line) => console.log(line));
  const used = await usedPorts(settings);
  if (used.length > 0) throw new Error(used.join('\n'));
  launchSupervisor(files, settings, env);
  await untilStartedOrInterrupted(files);
  printStatus(files);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\nThe stack is up after ${seconds} s. Its addresses: eval "$(make -s env)". See it work: make demo`,
  );
}

async function untilStartedOrInterrupted(files: StackFiles): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt);
  try {
    await untilStarted(files, interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.log('interrupted: stopping what was started');
    await stopSupervisor(files);
    throw new Error('the stack is down: its start was interrupted');
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function clearAway(files: StackFiles): Promise<void> {
  const left = leftovers(files.pids);
  if (left.length === 0) return;
  console.log(
    `the last supervisor was killed and left ${left.map(({ name }) => name).join(', ')}: ending them`,
  );
  await endLeftovers(files.pids);
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
