import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Crowd } from '../testing/crowd.ts';
import { Peer } from '../testing/peer.ts';
import { expectServing } from '../testing/still-serves.ts';
import { startLimitedTare, startTare, type TareProcess } from '../testing/tare-process.ts';
import { startTlsOrigin } from '../testing/tls-origin.ts';
import { openTunnel } from '../testing/tunnel-client.ts';

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const WANTED = 10_000;

let origin: Server;
let authority: string;

beforeAll(async () => {
  origin = createServer({ noDelay: true }, answering);
  origin.listen({ port: 0, host: '127.0.0.1', backlog: 4096 });
  await once(origin, 'listening');
  authority = `127.0.0.1:${(origin.address() as AddressInfo).port}`;
});

afterAll(() => {
  origin.close();
});

/** Answers every packet alike: its clients here send one for each request. */
function answering(socket: Socket): void {
  socket.on('error', () => {}).on('data', () => socket.write(ANSWER));
}

function portOf(tare: TareProcess): number {
  return Number(new URL(tare.proxy).port);
}

function descriptors(tare: TareProcess): number {
  return readdirSync(`/proc/${tare.pid}/fd`).length;
}

/** As many clients at once as descriptors allow: each takes two of tare's. 10,000 are wanted, 1,000 are the least. */
function attainable(): number {
  const limit = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]);
  const attainable = Math.min(WANTED, Math.floor((limit - 100) / 2));
  expect(attainable, `ulimit -n is ${limit}: raise it to 20100, and to 2100 at least`).toBeGreaterThan(1_000);
  return attainable;
}

/** Waits until the process has let go of all that it opened for its clients. */
async function expectDescriptors(tare: TareProcess, count: number): Promise<void> {
  await expect.poll(() => descriptors(tare), { timeout: 20_000 }).toBeLessThanOrEqual(count);
}

describe.runIf(process.platform === 'linux')('many clients at once', () => {
  test('10,000, or as many as ulimit -n allows, are served, and leave nothing behind', async () => {
    const count = attainable();
    await using tare = await startTare('--view', 'none', '--audit');
    await expectServing(portOf(tare));
    const before = descriptors(tare);
    await using crowd = new Crowd(portOf(tare), authority, count, ANSWER.length);
    expect(await crowd.answered()).toEqual({ open: count, failed: 0 });
    expect(descriptors(tare)).toBeGreaterThanOrEqual(2 * count);
    expect(await crowd.askAgain()).toEqual({ open: count, failed: 0 });
    expect(await crowd.leave()).toEqual({ open: 0, failed: 0 });
    await expectDescriptors(tare, before);
    await expectServing(portOf(tare));
    const { stdout, stderr, code } = await tare.stop();
    expect(stderr).toContain(`audit: every byte of ${count + 2} connections is accounted for`);
    expect(stdout).toContain(String(2 * count + 2));
    expect(code).toBe(0);
  });

  test('that are killed are let go at once', async () => {
    const count = Math.min(2_000, attainable());
    await using tare = await startTare('--view', 'none', '--audit');
    await expectServing(portOf(tare));
    const before = descriptors(tare);
    await using crowd = new Crowd(portOf(tare), authority, count, ANSWER.length);
    await crowd.answered();
    await crowd.kill();
    await expectDescriptors(tare, before);
    await expectServing(portOf(tare));
    expect((await tare.stop()).code).toBe(0);
  });
});

describe.runIf(process.platform === 'linux')('no file descriptors left', () => {
  const MANY = 100;

  /** What becomes of a client that asks: its answer, or that it was turned away. */
  function outcome(client: Socket): Promise<'answered' | 'turned away'> {
    return new Promise((resolve) => {
      client.on('data', () => resolve('answered'));
      client.on('error', () => {}).on('close', () => resolve('turned away'));
    });
  }

  test('clients beyond that are turned away, and served once others have left', async () => {
    await using tare = await startLimitedTare(64, '--view', 'none', '--audit');
    const before = descriptors(tare);
    const ask = `GET http://${authority}/ HTTP/1.1\r\nHost: x\r\n\r\n`;
    const clients = Array.from({ length: MANY }, () => connect(portOf(tare), '127.0.0.1'));
    for (const client of clients) client.write(ask);
    const outcomes = await Promise.all(clients.map(outcome));
    const answered = outcomes.filter((one) => one === 'answered').length;
    expect(answered).toBeGreaterThanOrEqual(8);
    expect(answered).toBeLessThan(32);
    for (const client of clients) client.destroy();
    await expectDescriptors(tare, before);
    await expectServing(portOf(tare));
    const { stderr, code } = await tare.stop();
    expect(stderr).toContain(
      'clients are turned away: this process has no file descriptors left (see ulimit -n)',
    );
    expect(stderr).toContain(`audit: every byte of ${answered + 1} connections is accounted for`);
    expect(code).toBe(0);
  });

  test('TLS is opened all the same, for the first time', async () => {
    await using secure = await startTlsOrigin((socket) => void socket.on('data', () => socket.write(ANSWER)));
    await using tare = await startLimitedTare(64, '--view', 'none', '--insecure');
    const socket = await openTunnel(portOf(tare), `localhost:${secure.port}`);
    const idle = Array.from({ length: MANY }, () => connect(portOf(tare), '127.0.0.1').on('error', () => {}));
    await Promise.race(idle.map((client) => once(client, 'close'))); // as one was turned away
    const stream = connectTls({ socket, servername: 'localhost', rejectUnauthorized: false });
    await using client = new Peer(stream);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await client.until(ANSWER)).toBe(ANSWER);
    for (const one of idle) one.destroy();
  });
});
