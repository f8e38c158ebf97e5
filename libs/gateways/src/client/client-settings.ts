interface CommonSettings {
  /** Where the gateway's API is, `https://api.stripe.com` or a stand-in's: http or https, with a path or without. */
  readonly apiBase: string;
  /** How long one call may take, from connecting to the last byte of the answer; milliseconds. */
  readonly timeoutMs: number;
}

export interface StripeClientSettings extends CommonSettings {
  readonly provider: 'stripe';
  /** A secret or restricted key: `sk_…`, `rk_…`. */
  readonly apiKey: string;
}

export interface PayPalClientSettings extends CommonSettings {
  readonly provider: 'paypal';
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface RazorpayClientSettings extends CommonSettings {
  readonly provider: 'razorpay';
  readonly keyId: string;
  /** Also what the signatures of checkouts are made with. */
  readonly keySecret: string;
}

/** How one gateway is reached, and as whom. */
export type GatewayClientSettings = StripeClientSettings | PayPalClientSettings | RazorpayClientSettings;
