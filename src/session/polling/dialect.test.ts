import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bayeuxAnswer, bayeuxClientId, bayeuxMessages } from './bayeux.ts';
import { bayeuxRequest, dialectRequest } from './dialect.ts';
import { engineIoAnswer, engineIoSession } from './engine-io.ts';
import { sockJsAnswer, sockJsScript } from './sockjs.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('a request says of which conversation it is', () => {
  const io = '/socket.io/?EIO=4&transport=polling';
  test.each([
    { method: 'GET', target: `${io}&t=O1x`, is: ['engine.io', 'poll', '/socket.io/', undefined] },
    { method: 'GET', target: `${io}&sid=a`, is: ['engine.io', 'poll', '/socket.io/', 'a'] },
    { method: 'POST', target: `http://h${io}&sid=a`, is: ['engine.io', 'send', '/socket.io/', 'a'] },
    { method: 'POST', target: '/e/000/s/xhr', is: ['sockjs', 'poll', '/e/000/s', 's'] },
    { method: 'POST', target: '/e/f/000/s/xhr_streaming?t=1', is: ['sockjs', 'poll', '/e/f/000/s', 's'] },
    { method: 'POST', target: '/e/000/s/xhr_send', is: ['sockjs', 'send', '/e/000/s', 's'] },
    { method: 'GET', target: '/e/000/s/jsonp?c=cb', is: ['sockjs', 'poll', '/e/000/s', 's'] },
    { method: 'POST', target: '/e/000/s/jsonp_send', is: ['sockjs', 'send', '/e/000/s', 's'] },
    { method: 'GET', target: '/e/000/s/htmlfile?c=cb', is: ['sockjs', 'poll', '/e/000/s', 's'] },
  ])('$method $target', ({ method, target, is }) => {
    const request = dialectRequest(method, target);
    expect([request?.dialect, request?.role, request?.place, request?.session]).toEqual(is);
  });

  test.each([
    { method: 'OPTIONS', target: `${io}&sid=a` },
    { method: 'POST', target: io },
    { method: 'GET', target: '/socket.io/?EIO=4&transport=websocket&sid=a' },
    { method: 'GET', target: '/socket.io/?transport=polling' },
    { method: 'GET', target: '/x?EIO=4&other_transport=polling' },
    { method: 'GET', target: '/e/000/s/xhr' },
    { method: 'GET', target: '/lib/v1/x/jsonp' },
    { method: 'POST', target: '/e/000/s/eventsource' },
    { method: 'POST', target: '/lib/v1.2/s/xhr' },
    { method: 'GET', target: '/e/info' },
  ])('$method $target is of none', ({ method, target }) => {
    expect(dialectRequest(method, target)).toBeUndefined();
  });

  test.each([
    { body: '[{"channel":"/meta/handshake"}]', is: ['send', '/c', undefined, true] },
    { body: '[{"channel":"/meta/connect","clientId":"a"}]', is: ['poll', '/c', 'a', true] },
    { body: '{"channel":"\\/meta\\/connect","clientId":"a"}', is: ['poll', '/c', 'a', true] },
    { body: '[{"channel":"/chat","clientId":"a","data":1}]', is: ['send', '/c', 'a', false] },
    { body: '[{"channel":"/chat","data":"handshake"}]', is: [undefined, undefined, undefined, undefined] },
    { body: '[{"channel":"/meta/connect","clientId":"a"', is: [undefined, undefined, undefined, undefined] },
    { body: '[1,null,{"channel":5,"clientId":"a"}]', is: [undefined, undefined, undefined, undefined] },
  ])('POST $body', ({ body, is }) => {
    const request = bayeuxRequest('/c/connect?x', bytes(body));
    expect([request?.role, request?.place, request?.session, request?.mayBegin]).toEqual(is);
  });
});

describe('Engine.IO answers', () => {
  test.each([
    { version: 4, content: bytes('6'), is: 'heartbeat' },
    { version: 4, content: bytes('2'), is: 'heartbeat' },
    { version: 4, content: bytes('3probe'), is: 'heartbeat' },
    { version: 4, content: bytes('2\x1e42["x"]'), is: 'news' },
    { version: 4, content: bytes('bAQID'), is: 'news' },
    { version: 4, content: bytes('0{"sid":"4"}'), is: 'control' },
    { version: 4, content: bytes('1'), is: 'control' },
    { version: 4, content: bytes('4:x'), is: 'news' },
    { version: 3, content: bytes('1:6'), is: 'heartbeat' },
    { version: 3, content: bytes('1:24:4€€€'), is: 'news' },
    { version: 3, content: bytes('10:0{"sid":"4'), is: 'control' },
    { version: 3, content: bytes('ok'), is: 'empty' },
    { version: 3, content: bytes('___eio[0]("1:6");'), is: 'heartbeat' },
    { version: 4, content: bytes('___eio[12]("42[\\"x\\"]");'), is: 'news' },
    { version: 4, content: bytes('___eio[0]("42'), is: 'heartbeat' },
    { version: 3, content: hex('00 01 ff 36'), is: 'heartbeat' },
    { version: 3, content: hex('00 01 ff 32 01 04 ff 04 01 02 03'), is: 'news' },
    { version: 3, content: hex('00 01'), is: 'empty' },
  ])('$content of version $version: $is', ({ version, content, is }) => {
    expect(engineIoAnswer(content, version)).toBe(is);
  });

  test.each([
    { content: '0{"sid":"lv_VI97","upgrades":[]}', is: 'lv_VI97' },
    { content: '97:0{"sid" : "a"}', is: 'a' },
    { content: '___eio[0]("97:0{\\"sid\\":\\"a\\"}");', is: 'a' },
    { content: '{"code":0}', is: undefined },
  ])('the session in $content', ({ content, is }) => {
    expect(engineIoSession(bytes(content))).toBe(is);
  });
});

test.each([
  { read: sockJsAnswer, content: 'o\n', is: 'control' },
  { read: sockJsAnswer, content: 'h\n', is: 'heartbeat' },
  { read: sockJsAnswer, content: 'c[3000,"Go away!"]\n', is: 'control' },
  { read: sockJsAnswer, content: 'a["x"]\n', is: 'news' },
  { read: sockJsAnswer, content: `${'h'.repeat(2048)}\no\nh\na["x"]\n`, is: 'news' },
  { read: sockJsAnswer, content: `${'h'.repeat(2048)}\n`, is: 'heartbeat' },
  { read: sockJsAnswer, content: '', is: 'empty' },
  { read: sockJsScript, content: '/**/_jp.a1("a[\\"x\\"]");\r\n', is: 'news' },
  { read: sockJsScript, content: 'callback("h");\r\n', is: 'heartbeat' },
  { read: sockJsScript, content: '<script>\np("o");\n</script>', is: 'control' },
])('SockJS: $content is $is', ({ read, content, is }) => {
  expect(read(bytes(content))).toBe(is);
});

const connected = '{"channel":"/meta/connect","successful":true}';

test.each([
  { content: `[${connected}]`, is: 'heartbeat' },
  { content: connected, is: 'heartbeat' },
  { content: `[{"channel":"/a","data":{}},${connected}]`, is: 'news' },
  { content: `[{"channel":"/a","successful":true},${connected}]`, is: 'heartbeat' },
  { content: '[{"channel":"/meta/connect","successful":false}]', is: 'error' },
  { content: '[]', is: 'empty' },
  { content: `[${connected},{"channel":"/a","da`, is: 'news' },
])('Bayeux: $content is $is', ({ content, is }) => {
  expect(bayeuxAnswer(bytes(content))).toBe(is);
});

test('any bytes are read without a throw, and stay as they were', () => {
  const text = fc.string().map(bytes);
  const alike = fc.stringMatching(/^[[{"a-c0-6:,\\x1e/]*$/).map(bytes);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), text, alike), fc.constantFrom(3, 4), (content, version) => {
      const before = content.slice();
      engineIoAnswer(content, version);
      engineIoSession(content);
      sockJsAnswer(content);
      sockJsScript(content);
      bayeuxAnswer(content);
      bayeuxClientId(content);
      bayeuxMessages(content);
      expect(Buffer.compare(content, before)).toBe(0);
    }),
    { numRuns: 200 },
  );
});
