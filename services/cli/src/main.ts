import { processEnv } from '@payments/runtime';
import { runCli } from './run-cli.js';

process.exitCode = await runCli(process.argv.slice(2), {
  env: processEnv(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
