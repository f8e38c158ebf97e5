import '@payments/runtime/require-node';
import { processEnv } from '@payments/runtime';
import { runCli } from './run-cli.js';

// The reader may close the pipe early: `payments … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  env: processEnv(),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
