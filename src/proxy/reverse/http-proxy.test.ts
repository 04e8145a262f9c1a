import util from 'node:util';
import { expect, test } from 'vitest';
import { dialPeer } from '../../testing/peer.ts';
import { startRawOrigin } from '../../testing/raw-origin.ts';
import { endInOrder, GET, OK, startReverse } from '../../testing/reverse-proxy.ts';

test('http-proxy calls nothing that Node warns of (DEP0060, DEP0169)', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const deprecated = () => {
    throw new Error('util._extend was called');
  };
  Reflect.set(util, '_extend', deprecated);
  await using origin = await startRawOrigin();
  await using proxy = await startReverse(`http://${origin.authority}/base`);
  expect(Reflect.get(util, '_extend')).toBe(deprecated);
  await using client = dialPeer(proxy.port);
  client.write(GET);
  const server = await origin.next();
  await server.until('\r\n\r\n');
  server.write(OK);
  expect(await client.until(OK.length)).toBe(OK);
  await endInOrder(client, proxy);
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
