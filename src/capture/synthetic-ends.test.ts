import { expect, test } from 'vitest';
import { EndsInUse } from './synthetic-ends.ts';

const known = { clientAddress: { host: '127.0.0.1', port: 50_000 }, server: { host: '192.0.2.1', port: 80 } };

test('are the real ones', () => {
  const serverAddress = { host: '198.51.100.7', port: 8080 };
  expect(new EndsInUse().claim({ ...known, serverAddress })).toEqual({
    client: Uint8Array.of(127, 0, 0, 1),
    server: Uint8Array.of(198, 51, 100, 7),
    clientPort: 50_000,
    serverPort: 8080,
  });
});

test('differ in the client port while both are in use, and no longer', () => {
  const ends = new EndsInUse();
  const [first, second, third] = [ends.claim(known), ends.claim(known), ends.claim(known)];
  expect([first, second, third].map(({ clientPort }) => clientPort)).toEqual([50_000, 50_001, 50_002]);
  ends.release(second);
  expect(ends.claim(known).clientPort).toBe(50_001);
});

test('go on from the last port with the first', () => {
  const ends = new EndsInUse();
  const last = { ...known, clientAddress: { host: '127.0.0.1', port: 65_535 } };
  expect([ends.claim(last), ends.claim(last)].map(({ clientPort }) => clientPort)).toEqual([65_535, 1]);
});

test('without a server are told all the same', () => {
  expect(new EndsInUse().claim({ ...known, server: undefined })).toMatchObject({
    server: Uint8Array.of(0, 0, 0, 0),
    serverPort: 0,
  });
});
