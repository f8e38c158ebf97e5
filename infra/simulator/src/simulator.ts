import { GATEWAY_PROVIDERS, type GatewayProvider } from '@payments/domain';
import type { Logger } from '@payments/runtime';
import type { Call } from './api/call.js';
import { CallCounts } from './api/call-counts.js';
import type { GatewayApi } from './api/gateway-api.js';
import { IdempotencyStore } from './api/idempotency-store.js';
import { type Ending, serveCall } from './api/serve-call.js';
import { SimulatorClock } from './clock.js';
import { PlayedCustomer } from './customer/played-customer.js';
import { WebhookSender } from './delivery/webhook-sender.js';
import { FaultTable } from './faults/fault-table.js';
import type { PayPalCredentials } from './paypal/api.js';
import { createPayPal } from './paypal/create-paypal.js';
import type { PayPalState } from './paypal/state.js';
import type { PayPalSigner } from './paypal-signer.js';
import type { RazorpayCredentials } from './razorpay/api.js';
import { createRazorpay } from './razorpay/create-razorpay.js';
import type { RazorpayState } from './razorpay/state.js';
import { type SimulatorSettings, STANDARD_SETTINGS } from './settings.js';
import { createStripe } from './stripe/create-stripe.js';
import type { StripeState } from './stripe/state.js';

export interface SimulatorOptions {
  readonly logger: Logger;
  /** Of faults with a probability. */
  readonly seed?: number | undefined;
  readonly settings?: Partial<SimulatorSettings>;
  /** Credentials that are good; any that look like some, where left out. */
  readonly stripeApiKey?: string | undefined;
  readonly paypalCredentials?: PayPalCredentials | undefined;
  readonly razorpayCredentials?: RazorpayCredentials | undefined;
  /** Signs PayPal's webhooks; without one there are none. */
  readonly paypalSigner?: PayPalSigner | undefined;
  /** Payments kept for each gateway; the oldest are forgotten. */
  readonly paymentsMax?: number;
}

const SEED = 1;
const PAYMENTS_MAX = 50_000;
/** Answers kept by idempotency key, and events and deliveries that can be listed, for each payment kept. */
const KEYS_A_PAYMENT = 2;

/** The three gateways, their customers and their webhooks, in memory: without a port of its own. */
export class Simulator {
  readonly logger: Logger;
  readonly clock = new SimulatorClock();
  readonly settings: SimulatorSettings;
  readonly faults: FaultTable;
  readonly counts = new CallCounts();
  readonly customer: PlayedCustomer;
  readonly webhooks: WebhookSender;
  readonly gateways: Readonly<Record<GatewayProvider, GatewayApi>>;
  readonly stripe: StripeState;
  readonly paypal: PayPalState;
  readonly razorpay: RazorpayState;
  readonly paypalSigner: PayPalSigner | undefined;
  /** By which customers reach the simulator, without a slash at the end. */
  publicUrl = 'http://localhost:8090';
  /** Called when the faults that are asked for have changed. */
  onFaultsChanged: () => Promise<void> = async () => {};
  readonly #keys: IdempotencyStore;
  readonly #standard: SimulatorSettings;
  readonly #seed: number;

  constructor(options: SimulatorOptions) {
    const { paymentsMax = PAYMENTS_MAX, seed = SEED } = options;
    const { clock } = this;
    this.logger = options.logger;
    this.paypalSigner = options.paypalSigner;
    this.#standard = { ...STANDARD_SETTINGS, ...options.settings };
    this.settings = { ...this.#standard };
    const { settings } = this;
    this.#seed = seed;
    this.faults = new FaultTable(seed);
    this.#keys = new IdempotencyStore(clock, paymentsMax * KEYS_A_PAYMENT);
    this.customer = new PlayedCustomer({ clock, settings, faults: this.faults }, paymentsMax);
    this.webhooks = new WebhookSender({ clock, settings, webhooksMax: paymentsMax });
    const parts = {
      clock,
      settings,
      paymentsMax,
      customer: this.customer,
      webhooks: this.webhooks,
      checkoutUrl: (provider: GatewayProvider, id: string) => `${this.publicUrl}/checkout/${provider}/${id}`,
    };
    const stripe = createStripe(parts, options.stripeApiKey);
    const paypal = createPayPal(parts, options.paypalCredentials);
    const razorpay = createRazorpay(parts, options.razorpayCredentials);
    this.stripe = stripe.state;
    this.paypal = paypal.state;
    this.razorpay = razorpay.state;
    this.gateways = { stripe: stripe.api, paypal: paypal.api, razorpay: razorpay.api };
  }

  serve(provider: GatewayProvider, call: Call): Promise<Ending> {
    const { clock, faults, counts } = this;
    return serveCall(this.gateways[provider], call, { clock, faults, counts, keys: this.#keys });
  }

  /** As at the start, but for where webhooks go. */
  async reset(seed: number = this.#seed): Promise<void> {
    this.clock.clear();
    Object.assign(this.settings, this.#standard);
    this.faults.reset(seed);
    for (const part of [this.counts, this.customer, this.stripe, this.paypal, this.razorpay, this.#keys]) {
      part.clear();
    }
    this.webhooks.reset();
    await this.onFaultsChanged();
  }

  close(): void {
    this.webhooks.close();
    this.clock.clear();
  }

  /** Payments that were forgotten for want of room. */
  forgotten(): Record<GatewayProvider, number> {
    const counts = [this.stripe.payments, this.paypal.orders, this.razorpay.orders].map(
      (one) => one.forgotten,
    );
    return Object.fromEntries(GATEWAY_PROVIDERS.map((name, index) => [name, counts[index] ?? 0])) as Record<
      GatewayProvider,
      number
    >;
  }
}
