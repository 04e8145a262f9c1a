import { expect, test } from 'vitest';
import { readExtensions } from './extensions.ts';

const usual = { takeover: true, windowBits: 15 };

test.each([
  { name: 'nothing', offered: [], accepted: [], deflate: undefined, unknown: [] },
  {
    name: 'an offer declined',
    offered: ['permessage-deflate'],
    accepted: [],
    deflate: undefined,
    unknown: [],
  },
  {
    name: 'permessage-deflate',
    offered: ['permessage-deflate; client_max_window_bits'],
    accepted: ['permessage-deflate; server_no_context_takeover; client_max_window_bits=12'],
    deflate: { client: { takeover: true, windowBits: 12 }, server: { takeover: false, windowBits: 15 } },
    unknown: [],
  },
  {
    name: 'the second of two offers',
    offered: ['permessage-deflate; server_no_context_takeover, permessage-deflate'],
    accepted: ['permessage-deflate'],
    deflate: { client: usual, server: usual },
    unknown: [],
  },
  {
    name: 'offers in several fields, and one that is not known',
    offered: ['permessage-deflate', 'x-novel; y=1'],
    accepted: ['x-novel', 'permessage-deflate'],
    deflate: { client: usual, server: usual },
    unknown: ['x-novel'],
  },
  {
    name: 'an answer whose request was not seen',
    offered: undefined,
    accepted: ['permessage-deflate; client_max_window_bits=9'],
    deflate: { client: { takeover: true, windowBits: 9 }, server: usual },
    unknown: [],
  },
])('agrees on $name', ({ offered, accepted, deflate, unknown }) => {
  expect(readExtensions(offered, accepted)).toEqual({ extensions: { deflate, unknown }, violations: [] });
});

test.each([
  {
    name: 'a list that is none',
    offered: ['permessage-deflate;'],
    accepted: [],
    from: 'client',
    rule: 'RFC 6455 section 9.1',
  },
  {
    name: 'an answer that is none',
    offered: [],
    accepted: ['=1'],
    from: 'server',
    rule: 'RFC 6455 section 9.1',
  },
  {
    name: 'an offer with a wrong parameter',
    offered: ['permessage-deflate; server_max_window_bits=99'],
    accepted: [],
    from: 'client',
    rule: 'RFC 7692 section 7.1',
  },
  {
    name: 'an answer with a wrong parameter',
    offered: ['permessage-deflate'],
    accepted: ['permessage-deflate; level=9'],
    from: 'server',
    rule: 'RFC 7692 section 7.1',
  },
  {
    name: 'permessage-deflate accepted twice',
    offered: ['permessage-deflate'],
    accepted: ['permessage-deflate, permessage-deflate'],
    from: 'server',
    rule: 'RFC 7692 section 5',
  },
  {
    name: 'permessage-deflate accepted unasked',
    offered: ['x-novel'],
    accepted: ['permessage-deflate'],
    from: 'server',
    rule: 'RFC 6455 section 4.1',
  },
  {
    name: 'an answer that fits none of the offers',
    offered: [
      'permessage-deflate; server_no_context_takeover, permessage-deflate; server_max_window_bits=10',
    ],
    accepted: ['permessage-deflate'],
    from: 'server',
    rule: 'RFC 7692 section 7.1.1.1',
  },
])('$name breaks a rule', ({ offered, accepted, from, rule }) => {
  expect(readExtensions(offered, accepted).violations).toMatchObject([{ from, rule }]);
});
