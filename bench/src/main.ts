import { benchIngress } from './ingress.js';

await benchIngress();
