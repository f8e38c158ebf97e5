import { paypalSubject } from './paypal-subject.js';
import { razorpaySubject } from './razorpay-subject.js';
import { stripeSubject } from './stripe-subject.js';
import type { Subject } from './subject.js';

/** All gateways. */
export const SUBJECTS: readonly Subject[] = [stripeSubject, paypalSubject, razorpaySubject];
