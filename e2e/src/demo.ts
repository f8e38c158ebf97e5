import { ConfigError } from '@payments/runtime';
import { GatewaysDisabledError } from './demo/enabled-gateways.js';
import { contradictions, type Findings, report } from './demo/report.js';
import { runDemo } from './demo/run.js';
import { type DemoSettings, readDemoSettings } from './demo/settings.js';

const CONTRADICTIONS_SHOWN_MAX = 10;

const settings = readSettings();
console.log(`
Stripe, PayPal and Razorpay tell us by webhook what became of a payment. They may repeat themselves, others
may pretend to be them, and any part of ours may fail: still, each webhook that we say 200 to has to count
once. This sends ${settings.count} webhooks, some of them several times, and some that nobody should believe;
then it follows three payments through theirs, makes payments by command, over HTTP and over Kafka, and takes
seven of them through simulated gateways that decline, lose answers and refuse to answer.
`);
const startedAt = performance.now();
const findings = await run(settings);
console.log(`\n${report(findings)}\n`);
const wrong = contradictions(findings);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
if (wrong.length === 0) {
  console.log(
    `It adds up, after ${seconds} s: every webhook accepted is one row, nothing else is, and every payment is right.`,
  );
} else {
  console.error(`It does not add up (${wrong.length}), after ${seconds} s:`);
  for (const line of wrong.slice(0, CONTRADICTIONS_SHOWN_MAX)) console.error(`  ${line}`);
  process.exitCode = 1;
}

function readSettings(): DemoSettings {
  try {
    return readDemoSettings();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const advice = error instanceof ConfigError ? '\nRun it with: make demo' : '';
    console.error(`demo: ${why}${advice}`);
    process.exit(2);
  }
}

async function run(settings: DemoSettings): Promise<Findings> {
  try {
    return await runDemo(settings);
  } catch (error) {
    if (!(error instanceof GatewaysDisabledError)) throw error;
    console.error(`demo: ${error.message}`);
    process.exit(2);
  }
}
