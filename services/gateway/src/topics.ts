import { type GatewayCommand, TOPICS, type TopicSpec } from '@payments/contracts';
import type { GatewayProvider } from '@payments/domain';

/** Where the calls of each gateway come from. */
export const COMMAND_TOPICS = {
  stripe: TOPICS.stripeCommands,
  paypal: TOPICS.paypalCommands,
  razorpay: TOPICS.razorpayCommands,
} as const satisfies Record<GatewayProvider, TopicSpec<GatewayCommand>>;
