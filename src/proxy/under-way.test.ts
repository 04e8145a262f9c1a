import { Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { Client } from './client.ts';
import { UnderWay } from './under-way.ts';
import { type Dialled, UpstreamError } from './upstream.ts';

const server = { host: 'chat.example', port: 80 };

async function dialled(socket: Socket): Promise<Dialled> {
  return { socket, address: server, timings: { connect: 0 } };
}

test('a client is admitted only where there is room for it and a server, and one is told of who was not', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const underWay = new UnderWay(3);
  const first = new Socket();
  expect(underWay.admits(first)).toBe(true);
  underWay.addClient(new Client(1, first));
  const others = [new Socket(), new Socket()];
  expect(others.map((socket) => underWay.admits(socket))).toEqual([false, false]);
  expect(others.map(({ destroyed }) => destroyed)).toEqual([true, true]);
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
});

test('one more server is not dialled where there is no room, and again once another has gone', async () => {
  const underWay = new UnderWay(2);
  underWay.addClient(new Client(1, new Socket()));
  const gone = new Socket();
  await underWay.dial(server, () => dialled(gone));
  const refused = await underWay.dial(server, () => dialled(new Socket())).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(UpstreamError);
  expect(refused).toMatchObject({
    failure: {
      code: 'UPSTREAM_UNREACHABLE',
      message: 'chat.example:80 was not dialled: this process has no file descriptors left (see ulimit -n)',
    },
  });
  await new Promise((closed) => gone.once('close', closed).destroy());
  await expect(underWay.dial(server, () => dialled(new Socket()))).resolves.toBeDefined();
});

test('a server that could not be dialled takes no room', async () => {
  const underWay = new UnderWay(1);
  const failing = () => underWay.dial(server, () => Promise.reject(new Error('refused')));
  await expect(failing()).rejects.toThrow('refused');
  await expect(failing()).rejects.toThrow('refused');
});
