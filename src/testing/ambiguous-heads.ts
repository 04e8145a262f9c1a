/** The fields of a request of which two recipients may make different ones. */
export interface AmbiguousHead {
  readonly name: string;
  /** Behind a `Host`; lines without the last CRLF. */
  readonly fields: string;
  /** Rule and detail. */
  readonly fault: string;
  /** 1.1, unless told otherwise. */
  readonly version?: string;
}

const TWO = 'RFC 9112 section 6.1: both Transfer-Encoding and Content-Length';
const notCoding = (coding: string) =>
  `RFC 9112 section 6.1: ${JSON.stringify(coding)} is not a transfer coding`;
const notLast = (value: string) =>
  `RFC 9112 section 6.3: Transfer-Encoding ${JSON.stringify(value)} does not have chunked last and once`;
const notLength = (value: string) =>
  `RFC 9112 section 6.3: Content-Length ${JSON.stringify(value)} is not a length`;

const transferEncodings: readonly AmbiguousHead[] = [
  { name: 'CL.TE', fields: 'Content-Length: 5\r\nTransfer-Encoding: chunked', fault: TWO },
  { name: 'TE.CL', fields: 'Transfer-Encoding: chunked\r\nContent-Length: 5', fault: TWO },
  {
    name: 'TE in HTTP/1.0',
    version: '1.0',
    fields: 'Transfer-Encoding: chunked',
    fault: 'RFC 9112 section 6.1: Transfer-Encoding in HTTP/1.0',
  },
  ...['xchunked', 'chunked;q=1', '\vchunked', '"chunked"', 'identity', 'chunked\v', '\xa0chunked'].map(
    (value) => ({
      name: `TE.TE ${JSON.stringify(value)}`,
      fields: `Transfer-Encoding: ${value}`,
      fault: notCoding(value),
    }),
  ),
  { name: 'chunked, identity', fields: 'Transfer-Encoding: chunked, identity', fault: notCoding('identity') },
  { name: 'identity, chunked', fields: 'Transfer-Encoding: identity, chunked', fault: notCoding('identity') },
  { name: 'two TE', fields: 'Transfer-Encoding: chunked\r\nTransfer-encoding: cow', fault: notCoding('cow') },
  ...['chunked, chunked', 'chunked, gzip', 'gzip', ''].map((value) => ({
    name: `TE ${JSON.stringify(value)}`,
    fields: `Transfer-Encoding: ${value}`,
    fault: notLast(value),
  })),
];

const lengths: readonly AmbiguousHead[] = [
  { name: 'two CL', fields: 'Content-Length: 5\r\nContent-Length: 0', fault: notLength('5, 0') },
  ...['5, 0', '+5', '-5', '0x5', '5 5', '5.0', '5e0', '', '5,', '\v5'].map((value) => ({
    name: `CL ${JSON.stringify(value)}`,
    fields: `Content-Length: ${value}`,
    fault: notLength(value),
  })),
  ...['9007199254740992', '18446744073709551621'].map((value) => ({
    name: `CL ${value}`,
    fields: `Content-Length: ${value}`,
    fault: 'limit: a body of more than 2^53 - 1 bytes',
  })),
];

const fieldLines: readonly AmbiguousHead[] = [
  {
    name: 'space before the colon',
    fields: 'Transfer-Encoding : chunked',
    fault: 'RFC 9112 section 5.1: white space between "Transfer-Encoding" and its colon',
  },
  {
    name: 'tab before the colon',
    fields: 'Content-Length\t: 5',
    fault: 'RFC 9112 section 5.1: white space between "Content-Length" and its colon',
  },
  {
    name: 'a folded value',
    fields: 'Transfer-Encoding:\r\n chunked',
    fault: 'RFC 9112 section 5.2: the value of "Transfer-Encoding" goes on in a folded line',
  },
  {
    name: 'a folded field',
    fields: 'X: y\r\n Transfer-Encoding: chunked',
    fault: 'RFC 9112 section 5.2: the value of "X" goes on in a folded line',
  },
  { name: 'NUL in a value', fields: 'X: y\0\r\nContent-Length: 5', fault: 'RFC 9110 section 5.5: a NUL' },
  {
    name: 'NUL in a name',
    fields: 'Content-Length\0: 5',
    fault: 'RFC 9110 section 5.1: "Content-Length\\u0000" is not a field name',
  },
  {
    name: 'bare CR',
    fields: 'X: y\rTransfer-Encoding: chunked',
    fault: 'RFC 9112 section 2.2: a CR that ends no line',
  },
  {
    name: 'no colon',
    fields: 'Transfer-Encoding chunked',
    fault: 'RFC 9112 section 5: a field line without a colon: "Transfer-Encoding chunked"',
  },
  { name: 'two Hosts', fields: 'Host: b\r\nContent-Length: 5', fault: 'RFC 9112 section 3.2: 2 Host fields' },
];

/** Ways to have two recipients see the end of a request at different places, or another server in it. */
export const ambiguousHeads: readonly AmbiguousHead[] = [...transferEncodings, ...lengths, ...fieldLines];
