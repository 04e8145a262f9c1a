import { describe, expect, test } from 'vitest';
import { wire } from '../../testing/http1-story.ts';
import { type BodyFraming, requestBodyFraming, responseBodyFraming } from './body-framing.ts';
import { readRequestHead, readResponseHead } from './head.ts';

function requestFraming(fields: string, version = '1.1'): BodyFraming {
  const head = readRequestHead(
    wire(`POST / HTTP/${version}\r\nHost: x\r\n${fields}\r\n\r\n`.replace('\r\n\r\n\r\n', '\r\n\r\n')),
  );
  if ('unreadable' in head) throw new Error(head.unreadable.detail);
  return requestBodyFraming(head);
}

function responseFraming(start: string, fields: string, method = 'GET'): BodyFraming {
  const head = readResponseHead(wire(`${start} \r\n${fields}\r\n\r\n`.replace('\r\n\r\n\r\n', '\r\n\r\n')));
  if ('unreadable' in head) throw new Error(head.unreadable.detail);
  return responseBodyFraming(head, method);
}

/** 'length 5', 'chunked', and behind it the rule of a conflict. */
function told(framing: BodyFraming): string {
  const type = framing.type === 'length' ? `length ${framing.length}` : framing.type;
  return framing.conflict ? `${type} ! ${framing.conflict.rule}` : type;
}

const TWO = 'RFC 9112 section 6.1';
const END = 'RFC 9112 section 6.3';
const NO_LENGTH = 'RFC 9110 section 8.6';

/** The same fields in a request and in a 200 to GET. */
const cases = [
  { fields: '', request: 'none', response: 'until-close' },
  { fields: 'Content-Length: 0', request: 'length 0', response: 'length 0' },
  { fields: 'content-length: 5', request: 'length 5', response: 'length 5' },
  { fields: 'Content-Length: 005', request: 'length 5', response: 'length 5' },
  {
    fields: 'Content-Length: 9007199254740991',
    request: 'length 9007199254740991',
    response: 'length 9007199254740991',
  },
  { fields: 'Content-Length: 9007199254740992', request: 'unknown ! limit', response: 'unknown ! limit' },
  { fields: 'Content-Length: 5\r\nContent-Length: 5', request: 'length 5', response: 'length 5' },
  { fields: 'Content-Length: 5, 5', request: 'length 5', response: 'length 5' },
  {
    fields: 'Content-Length: 5\r\nContent-Length: 6',
    request: `unknown ! ${END}`,
    response: `unknown ! ${END}`,
  },
  ...['5, 6', '5,', '+5', '-5', '0x5', '5 5', '5.0', '1e3', '', '٥', '5\v'].map((value) => ({
    fields: `Content-Length: ${value}`,
    request: `unknown ! ${END}`,
    response: `unknown ! ${END}`,
  })),
  { fields: 'Transfer-Encoding: chunked', request: 'chunked', response: 'chunked' },
  { fields: 'transfer-encoding: CHUNKED', request: 'chunked', response: 'chunked' },
  { fields: 'Transfer-Encoding: gzip, chunked', request: 'chunked', response: 'chunked' },
  {
    fields: 'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked',
    request: 'chunked',
    response: 'chunked',
  },
  { fields: 'Transfer-Encoding: , chunked,', request: 'chunked', response: 'chunked' },
  { fields: 'Transfer-Encoding: gzip', request: `unknown ! ${END}`, response: `until-close ! ${END}` },
  {
    fields: 'Transfer-Encoding: chunked, gzip',
    request: `unknown ! ${END}`,
    response: `until-close ! ${END}`,
  },
  {
    fields: 'Transfer-Encoding: chunked, chunked',
    request: `chunked ! ${END}`,
    response: `chunked ! ${END}`,
  },
  { fields: 'Transfer-Encoding: x, chunked', request: `chunked ! ${TWO}`, response: `chunked ! ${TWO}` },
  { fields: 'Transfer-Encoding: chunked;q=1', request: `unknown ! ${TWO}`, response: `until-close ! ${TWO}` },
  { fields: 'Transfer-Encoding: \vchunked', request: `unknown ! ${TWO}`, response: `until-close ! ${TWO}` },
  { fields: 'Transfer-Encoding: xchunked', request: `unknown ! ${TWO}`, response: `until-close ! ${TWO}` },
  { fields: 'Transfer-Encoding: identity', request: `unknown ! ${TWO}`, response: `until-close ! ${TWO}` },
  { fields: 'Transfer-Encoding: "chunked"', request: `unknown ! ${TWO}`, response: `until-close ! ${TWO}` },
  { fields: 'Transfer-Encoding:', request: `unknown ! ${END}`, response: `until-close ! ${END}` },
  {
    fields: 'Content-Length: 5\r\nTransfer-Encoding: chunked',
    request: `chunked ! ${TWO}`,
    response: `chunked ! ${TWO}`,
  },
  {
    fields: 'Transfer-Encoding: gzip\r\nContent-Length: 5',
    request: `unknown ! ${TWO}`,
    response: `until-close ! ${TWO}`,
  },
];

describe('the framing by fields', () => {
  test.each(cases)('$fields: in a request $request', ({ fields, request }) => {
    expect(told(requestFraming(fields))).toBe(request);
  });

  test.each(cases)('$fields: in a response $response', ({ fields, response }) => {
    expect(told(responseFraming('HTTP/1.1 200', fields))).toBe(response);
  });
});

test('Transfer-Encoding in HTTP/1.0 is followed, and a conflict', () => {
  expect(told(requestFraming('Transfer-Encoding: chunked', '1.0'))).toBe(`chunked ! ${TWO}`);
  expect(told(responseFraming('HTTP/1.0 200', 'Transfer-Encoding: chunked'))).toBe(`chunked ! ${TWO}`);
  expect(told(responseFraming('ICY 200', 'Transfer-Encoding: chunked'))).toBe(`chunked ! ${TWO}`);
});

test.each([
  { status: 200, method: 'HEAD', framing: 'none' },
  { status: 204, method: 'HEAD', framing: `none ! ${NO_LENGTH}` },
  { status: 100, method: 'POST', framing: `none ! ${NO_LENGTH}` },
  { status: 103, method: 'GET', framing: `none ! ${NO_LENGTH}` },
  { status: 204, method: 'GET', framing: `none ! ${NO_LENGTH}` },
  { status: 304, method: 'GET', framing: 'none' },
  { status: 101, method: 'GET', framing: `tunnel ! ${NO_LENGTH}` },
  { status: 200, method: 'CONNECT', framing: `tunnel ! ${NO_LENGTH}` },
  { status: 299, method: 'CONNECT', framing: `tunnel ! ${NO_LENGTH}` },
  { status: 407, method: 'CONNECT', framing: 'length 5' },
  { status: 205, method: 'GET', framing: 'length 5' },
])('a $status to $method with Content-Length: $framing', ({ status, method, framing }) => {
  expect(told(responseFraming(`HTTP/1.1 ${status}`, 'Content-Length: 5', method))).toBe(framing);
});

test.each([
  { status: 204, method: 'GET', framing: `none ! ${TWO}` },
  { status: 101, method: 'GET', framing: `tunnel ! ${TWO}` },
  { status: 200, method: 'CONNECT', framing: `tunnel ! ${TWO}` },
  { status: 304, method: 'GET', framing: 'none' },
  { status: 200, method: 'HEAD', framing: 'none' },
])('a $status to $method with Transfer-Encoding: $framing', ({ status, method, framing }) => {
  expect(told(responseFraming(`HTTP/1.1 ${status}`, 'Transfer-Encoding: chunked', method))).toBe(framing);
});

describe('fields that recipients may read differently are a conflict in a request', () => {
  test.each([
    { fields: 'Content-Length : 5', rule: 'RFC 9112 section 5.1', type: 'length 5' },
    { fields: 'X: y\r\n Content-Length: 5', rule: 'RFC 9112 section 5.2', type: 'none' },
    { fields: 'X: y\rContent-Length: 5', rule: 'RFC 9112 section 2.2', type: 'none' },
    { fields: 'X: y\0\r\nContent-Length: 5', rule: 'RFC 9110 section 5.5', type: 'length 5' },
    { fields: 'Content-Length\r\nX: y', rule: 'RFC 9112 section 5', type: 'none' },
    { fields: 'Transfer-Encoding: chunked\r\nHost: y', rule: 'RFC 9112 section 3.2', type: 'chunked' },
  ])('$fields', ({ fields, rule, type }) => {
    expect(told(requestFraming(fields))).toBe(`${type} ! ${rule}`);
  });

  test('an LF without CR is none: all read it as a line end', () => {
    expect(told(requestFraming('X: y\nContent-Length: 5'))).toBe('length 5');
  });
});
