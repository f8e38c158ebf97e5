interface CommonSettings {
  /** URL of the gateway's API, `https://api.stripe.com` or a stand-in's: http or https, with or without a path. */
  readonly apiBase: string;
  /** Time-out of one call in milliseconds, from connecting to the last byte of the answer. */
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
  /** Also the key of checkout signatures. */
  readonly keySecret: string;
}

/** How to connect to one gateway, and with which credentials. */
export type GatewayClientSettings = StripeClientSettings | PayPalClientSettings | RazorpayClientSettings;
