import util from 'node:util';
import type HttpProxy from 'http-proxy';

/**
 * http-proxy, which is loaded only where it is needed (15 ms). It copies objects with `util._extend`, of which newer
 * Nodes warn the user (DEP0060), so that it finds `Object.assign` in its place, as that is what it does.
 */
export async function loadHttpProxy(): Promise<typeof HttpProxy> {
  const extend: unknown = Reflect.get(util, '_extend');
  Reflect.set(util, '_extend', Object.assign);
  try {
    const { default: httpProxy } = await import('http-proxy');
    return httpProxy;
  } finally {
    Reflect.set(util, '_extend', extend);
  }
}
