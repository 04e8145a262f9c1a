import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { overheadRatio, startProxy } from 'tare';
import { WebSocket, WebSocketServer } from 'ws';

// A server of yours: it tells those who ask who is online, and greets those who stay.
const server = createServer((_request, response) => response.end('Dina is online'));
new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (name) => socket.send(`Hello ${name}!`));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;

// A proxy before it, on any free port: who asks the proxy is served by the server.
await using proxy = await startProxy({ reverse: `http://127.0.0.1:${port}` });

// What happens is told as it happens, to any number of readers.
const events = proxy.events('message', 'fault');
const printed = (async () => {
  for await (const event of events) {
    if (event.type === 'fault') console.log(`fault: ${event.fault.rule}, ${event.fault.detail}`);
    else console.log(event.message.from, event.message.kind, JSON.stringify(event.message.text()));
  }
})();

const response = await fetch(`${proxy.url}/online`);
await response.text();

const socket = new WebSocket(proxy.url);
await once(socket, 'open');
socket.send('Emil');
// It does not matter which comes first, the message or the wait for it.
const greeting = await proxy.until('message', ({ message }) => message.text() === 'Hello Emil!');
const { gross, overhead, payload } = greeting.message.weight;
console.log(`${gross} bytes: ${payload} of the application, ${overhead} around them`);
socket.close();
await once(socket, 'close');

// From here on nothing more happens. What was seen can still be read.
await proxy.close();
await printed;
server.close();

const { protocols, faults, audit } = proxy.snapshot();
for (const [protocol, { messages, weight }] of Object.entries(protocols)) {
  const percent = Math.round(100 * (overheadRatio(weight) ?? 0));
  console.log(`${protocol}: ${messages} messages, ${percent} % overhead`);
}
console.log(`${faults.length} faults, ${audit.imbalances.length} sums that do not balance`);
