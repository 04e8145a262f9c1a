import { http } from './http.ts';
import { httpTunnel } from './http-tunnel.ts';
import { https } from './https.ts';
import { idle } from './idle.ts';
import type { Load } from './load.ts';
import { sseFlood } from './sse-flood.ts';
import { start } from './start.ts';
import { tlsConnections } from './tls-connections.ts';
import { wsEcho } from './ws-echo.ts';
import { wsFloodFromClient, wsFloodFromServer } from './ws-flood.ts';

/** In the order of the table. */
export const LOADS: readonly Load[] = [
  http,
  httpTunnel,
  https,
  tlsConnections,
  wsEcho,
  wsFloodFromServer,
  wsFloodFromClient,
  sseFlood,
  idle,
  start,
];
