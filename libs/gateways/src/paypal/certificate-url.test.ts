import { describe, expect, test } from '@jest/globals';
import { kindOf } from '../testing/outcome.js';
import { certificateUrlRules, isHostSpelling, PAYPAL_CERTIFICATE_HOSTS } from './certificate-url.js';

const rules = certificateUrlRules([...PAYPAL_CERTIFICATE_HOSTS, 'localhost:8091']);
const PATH = '/v1/notifications/certs';

describe('a certificate URL', () => {
  test.each([
    [`https://api.paypal.com${PATH}/CERT-360caa42-fca2a594-1a5f47cb`, 'api.paypal.com'],
    [`https://api.sandbox.paypal.com${PATH}/CERT-1`, 'api.sandbox.paypal.com'],
    [`https://localhost:8091${PATH}/CERT-1.pem`, 'localhost:8091'],
  ])('%s is allowed', (href, host) => {
    expect(rules.check(href)).toEqual({ href, host });
  });

  test.each([
    `http://api.paypal.com${PATH}/CERT-1`,
    `HTTPS://api.paypal.com${PATH}/CERT-1`,
    `ftp://api.paypal.com${PATH}/CERT-1`,
    `file://${PATH}/CERT-1`,
    `//api.paypal.com${PATH}/CERT-1`,
    `https:/api.paypal.com${PATH}/CERT-1`,
    `https:api.paypal.com${PATH}/CERT-1`,
    `https:\\\\api.paypal.com${PATH}/CERT-1`,
    `https://api.paypal.com\\@evil.test${PATH}/CERT-1`,
    `https://evil.test${PATH}/CERT-1`,
    `https://api.paypal.com@evil.test${PATH}/CERT-1`,
    `https://api.paypal.com:443@evil.test${PATH}/CERT-1`,
    `https://user:secret@api.paypal.com${PATH}/CERT-1`,
    `https://evil.test#@api.paypal.com${PATH}/CERT-1`,
    `https://evil.test?@api.paypal.com${PATH}/CERT-1`,
    `https://evil.test%23@api.paypal.com${PATH}/CERT-1`,
    `https://api.paypal.com.evil.test${PATH}/CERT-1`,
    `https://evil-api.paypal.com${PATH}/CERT-1`,
    `https://api.paypal.com.${PATH}/CERT-1`,
    `https://api.paypal.com:443${PATH}/CERT-1`,
    `https://api.paypal.com:8443${PATH}/CERT-1`,
    `https://api.paypal.com:${PATH}/CERT-1`,
    `https://localhost${PATH}/CERT-1`,
    `https://localhost:80${PATH}/CERT-1`,
    `https://API.PAYPAL.COM${PATH}/CERT-1`,
    `https://api。paypal。com${PATH}/CERT-1`,
    `https://api.paypaⅼ.com${PATH}/CERT-1`,
    `https://api.pаypal.com${PATH}/CERT-1`,
    `https://api.pay\tpal.com${PATH}/CERT-1`,
    `https://api.paypal.com\n${PATH}/CERT-1`,
    ` https://api.paypal.com${PATH}/CERT-1`,
    `https://169.254.169.254${PATH}/CERT-1`,
    `https://[::1]${PATH}/CERT-1`,
    `https://0x7f.1${PATH}/CERT-1`,
    'https://api.paypal.com',
    'https://api.paypal.com/',
    `https://api.paypal.com${PATH}`,
    `https://api.paypal.com${PATH}/`,
    `https://api.paypal.com${PATH}/..`,
    `https://api.paypal.com${PATH}/.`,
    `https://api.paypal.com${PATH}/../../oauth2/token`,
    `https://api.paypal.com${PATH}/%2e%2e/CERT-1`,
    `https://api.paypal.com${PATH}/..%2fCERT-1`,
    `https://api.paypal.com${PATH}//CERT-1`,
    `https://api.paypal.com${PATH}/CERT-1/more`,
    `https://api.paypal.com${PATH}/CERT-1?x=1`,
    `https://api.paypal.com${PATH}/CERT-1#x`,
    `https://api.paypal.com${PATH}/CERT-1\r\nHost: evil.test`,
    `https://api.paypal.com${PATH}/CERT 1`,
    `https://api.paypal.com/v1/notifications/certsCERT-1`,
    `https://api.paypal.com/redirect?to=https://evil.test${PATH}/CERT-1`,
    `https://api.paypal.com${PATH}/${'A'.repeat(129)}`,
    `https://api.paypal.com${PATH}/CERT-1, https://evil.test${PATH}/CERT-1`,
    'CERT-1',
    '',
  ])('%j is unauthentic', async (url) => {
    expect(await kindOf(() => rules.check(url))).toBe('unauthentic');
  });
});

test('an allowed host must be in the normalized spelling of URLs', () => {
  for (const host of ['api.paypal.com', 'localhost:8091', '127.0.0.1:8091', '[::1]:8091']) {
    expect(isHostSpelling(host)).toBe(true);
  }
  for (const host of [
    '',
    ' ',
    'API.paypal.com',
    'https://api.paypal.com',
    'a/b',
    'a@b',
    'a:443',
    'a?b',
    'a#b',
    '*',
  ]) {
    expect({ host, ok: isHostSpelling(host) }).toEqual({ host, ok: host === '*' });
  }
});
