import { at } from '../proxy/upstream.ts';
import type { Endpoint } from '../tap.ts';

/**
 * What a user reads who has just started the proxy: where it is, and how to send something through it. `target` is the
 * server that it stands before in reverse mode.
 */
export function greeting(address: Endpoint, certificateFile: string, target?: URL): string {
  const proxy = `http://${at(address)}`;
  const reverse = target === undefined ? '' : `  ${proxy}/ serves ${target}\n`;
  return `tare is listening on ${at(address)}; ctrl-C ends it and prints the summary
${reverse}  curl       curl -x ${proxy} --cacert ${certificateFile} https://example.com
  Node       NODE_USE_ENV_PROXY=1 HTTPS_PROXY=${proxy} NODE_EXTRA_CA_CERTS=${certificateFile} node app.js (Node 24)
  a browser  set ${at(address)} as its HTTP and HTTPS proxy, and let it trust ${certificateFile}

`;
}
