import { Command } from 'commander';
import type { CliContext } from '../cli-context.js';
import { byOption, jsonOption, parseProvider, whyOption, withOptions } from '../options.js';
import { changeGateway } from './gateway/change-gateway.js';
import { fieldList, parseNumbers } from './gateway/gateway-arguments.js';
import { listGateways } from './gateway/list-gateways.js';

/** `payments gateway …` */
export function gatewayCommands(context: CliContext): Command {
  return new Command('gateway')
    .description('How gateways are called, with their kill switches.')
    .addCommand(ls(context))
    .addCommand(set(context))
    .addCommand(kill(context, { name: 'disable', enabled: false }))
    .addCommand(kill(context, { name: 'enable', enabled: true }));
}

function ls(context: CliContext): Command {
  return withOptions(new Command('ls'), jsonOption())
    .description('Lists the gateways in the order in which fallbacks are tried.')
    .action((options) => listGateways(context, options));
}

function set(context: CliContext): Command {
  return changing(new Command('set'))
    .argument('<provider>', 'stripe, paypal or razorpay', parseProvider)
    .argument('<field=value...>', 'such as timeoutMs=8000 breaker.windowMs=5000')
    .description('Changes settings of a gateway. Its workers follow within about two seconds.')
    .addHelpText('after', `\nFields:\n${fieldList()}`)
    .action((provider, pairs, options) =>
      changeGateway(context, provider, { numbers: parseNumbers(pairs) }, options),
    );
}

function kill(
  context: CliContext,
  { name, enabled }: { readonly name: string; readonly enabled: boolean },
): Command {
  const description = enabled
    ? 'Lets calls to a gateway go on.'
    : 'Stops calls to a gateway within about two seconds: what has a fallback goes there, the rest waits.';
  return changing(new Command(name))
    .argument('<provider>', 'stripe, paypal or razorpay', parseProvider)
    .description(description)
    .action((provider, options) => changeGateway(context, provider, { enabled }, options));
}

function changing(command: Command): Command {
  return withOptions(
    command,
    whyOption('--reason <text>', 'why, for the audit log (needed)'),
    byOption(),
    jsonOption(),
  );
}
