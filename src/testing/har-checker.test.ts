import { expect, test } from 'vitest';
import { checkHar } from './har-checker.ts';

const ENTRY = {
  startedDateTime: '2026-03-02T10:00:00.000001Z',
  time: 3,
  request: {
    method: 'GET',
    url: 'http://a/',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [{ name: 'Host', value: 'a' }],
    queryString: [],
    headersSize: 20,
    bodySize: 0,
  },
  response: {
    status: 200,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [],
    content: { size: -1, mimeType: '' },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  },
  cache: {},
  timings: { send: 1, wait: 1, receive: 1, blocked: -1 },
  _ours: 1,
};

test('finds nothing wrong with what is right', () => {
  expect(checkHar(har({}))).toEqual([]);
});

test.each([
  { change: { request: undefined }, wrong: ['request is not an object'] },
  { change: { ours: 1 }, wrong: ['ours is no name of HAR'] },
  { change: { startedDateTime: '2026-03-02 10:00' }, wrong: ['startedDateTime is not a date'] },
  { change: { time: 4 }, wrong: ['time is 4 and not 3'] },
  { change: { timings: { wait: 3, receive: 0 } }, wrong: ['timings.send is missing'] },
  { change: { timings: { ...ENTRY.timings, ssl: 1 } }, wrong: ['timings.ssl is not in connect'] },
  { change: { timings: { ...ENTRY.timings, send: -1, wait: 2 } }, wrong: ['timings.send is below 0'] },
  { change: { request: { ...ENTRY.request, bodySize: 1.5 } }, wrong: ['request.bodySize is not an integer'] },
  { change: { request: { ...ENTRY.request, url: '/' } }, wrong: ['request.url is not a URL: /'] },
  {
    change: { request: { ...ENTRY.request, headers: [{ name: 1 }] } },
    wrong: ['request.headers[0].value is missing', 'request.headers[0].name is not a string'],
  },
  { change: { serverIPAddress: 'a' }, wrong: ['serverIPAddress is not an address'] },
])('finds $wrong', ({ change, wrong }) => {
  expect(checkHar(har(change))).toEqual(wrong.map((each) => `har.log.entries[0].${each}`));
});

function har(change: object): object {
  const entries = [{ ...ENTRY, ...change }];
  return { log: { version: '1.2', creator: { name: 'a', version: '1' }, entries } };
}
