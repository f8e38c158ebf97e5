import { fetchArtifacts } from '../install/artifacts.js';
import { planParts } from './plan-parts.js';
import { readPlan, stackFiles } from './state.js';
import { Supervisor } from './supervisor.js';

/** `node dist/supervisor/main.js <folder>`: started by `make up`, ends on SIGTERM or when the start fails. */
const files = stackFiles(process.argv[2]);
const plan = readPlan(files);
if (plan === undefined) throw new Error(`no plan in ${files.plan}: the supervisor is started by \`make up\``);

const say = (line: string) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`);
const artifacts = await fetchArtifacts(say);
const supervisor = new Supervisor(files, plan, planParts(plan, artifacts, files.root), say);

const end = (reason?: string) => {
  void supervisor.stop(reason).then(() => process.exit(reason === undefined ? 0 : 1));
};
process.on('SIGTERM', () => end());
process.on('SIGINT', () => end());
process.on('SIGHUP', () => undefined);
process.on('uncaughtException', (error) => {
  say(error.stack ?? error.message);
  end(`the supervisor failed: ${error.message}`);
});

// The parts' exits keep the process going; timers of ours do not.
const keepAlive = setInterval(() => undefined, 60_000);
await supervisor.start();
if (supervisor.hasEnded) {
  clearInterval(keepAlive);
  process.exitCode = 1;
}
