import { type GatewayCommand, TOPICS, type TopicSpec } from '@payments/contracts';
import type { GatewayProvider } from '@payments/domain';

/** The topic of commands by gateway. */
export const COMMAND_TOPICS = {
  stripe: TOPICS.stripeCommands,
  paypal: TOPICS.paypalCommands,
  razorpay: TOPICS.razorpayCommands,
} as const satisfies Record<GatewayProvider, TopicSpec<GatewayCommand>>;
