import { expect, test } from 'vitest';
import { portIn } from './launch.ts';

test.each([
  { output: 'listening on 127.0.0.1:8080\n', port: 8080 },
  { output: 'tare listens on http://127.0.0.1:40123/, press Ctrl-C to stop\nca: /tmp/ca.pem\n', port: 40123 },
  { output: 'listening on 127.0.0.1:80', port: undefined },
  { output: 'warning: 127.0.0.1 only\n', port: undefined },
])('the port in $output', ({ output, port }) => {
  expect(portIn(output)).toBe(port);
});
