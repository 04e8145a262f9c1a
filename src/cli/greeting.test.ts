import { expect, test } from 'vitest';
import { greeting } from './greeting.ts';

const address = { host: '::1', port: 8080 };

test('says where the proxy is, and how to send something through it', () => {
  const said = greeting(address, '/ca-cert.pem');
  expect(said).toMatch(
    /^tare is listening on \[::1\]:8080; ctrl-C ends it and prints the summary\n {2}curl /,
  );
  expect(said).toContain('curl -x http://[::1]:8080 --cacert /ca-cert.pem https://example.com');
});

test('in reverse mode says what is served first', () => {
  const lines = greeting(address, '/ca-cert.pem', new URL('https://api.test/v1')).split('\n');
  expect(lines[1]).toBe('  http://[::1]:8080/ serves https://api.test/v1');
});
