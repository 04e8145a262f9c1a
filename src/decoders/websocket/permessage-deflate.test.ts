import { expect, test } from 'vitest';
import { type Extension, readExtensionList } from './extension-list.ts';
import { agreedCompression, misfit, parameterViolations } from './permessage-deflate.ts';

function extension(parameters: string): Extension {
  return readExtensionList(`permessage-deflate${parameters}`)![0]!;
}

const usual = { takeover: true, windowBits: 15 };

test.each([
  { accepted: '', client: usual, server: usual },
  { accepted: '; server_no_context_takeover', client: usual, server: { ...usual, takeover: false } },
  { accepted: '; client_no_context_takeover', client: { ...usual, takeover: false }, server: usual },
  { accepted: '; server_max_window_bits=8', client: usual, server: { ...usual, windowBits: 8 } },
  { accepted: '; client_max_window_bits="10"', client: { ...usual, windowBits: 10 }, server: usual },
  { accepted: '; server_max_window_bits=16', client: usual, server: usual },
  { accepted: '; server_max_window_bits', client: usual, server: usual },
])('agrees on "$accepted"', ({ accepted, client, server }) => {
  expect(agreedCompression(extension(accepted))).toEqual({ client, server });
});

test.each([
  { from: 'client', parameters: '' },
  { from: 'client', parameters: '; client_max_window_bits' },
  { from: 'client', parameters: '; client_max_window_bits=15; server_max_window_bits=8' },
  { from: 'client', parameters: '; client_no_context_takeover; server_no_context_takeover' },
  { from: 'server', parameters: '; client_max_window_bits=9' },
] as const)('the $from may say "$parameters"', ({ from, parameters }) => {
  expect(parameterViolations(extension(parameters), from)).toEqual([]);
});

test.each([
  { parameters: '; server_no_context_takeover=1', detail: 'server_no_context_takeover has the value 1' },
  { parameters: '; server_max_window_bits', detail: 'server_max_window_bits has no value' },
  { parameters: '; client_max_window_bits', detail: 'client_max_window_bits has no value' },
  { parameters: '; server_max_window_bits=7', detail: 'server_max_window_bits is 7 and not 8 to 15' },
  { parameters: '; server_max_window_bits=16', detail: 'server_max_window_bits is 16 and not 8 to 15' },
  { parameters: '; client_max_window_bits=08', detail: 'client_max_window_bits is 08 and not 8 to 15' },
  { parameters: '; level=9', detail: 'permessage-deflate has no parameter level' },
  {
    parameters: '; server_no_context_takeover; server_no_context_takeover',
    detail: 'server_no_context_takeover comes twice',
  },
])('the server must not say "$parameters"', ({ parameters, detail }) => {
  expect(parameterViolations(extension(parameters), 'server')).toEqual([
    { rule: 'RFC 7692 section 7.1', detail },
  ]);
});

test('the client must give server_max_window_bits a value', () => {
  expect(parameterViolations(extension('; server_max_window_bits'), 'client')).toHaveLength(1);
});

test.each([
  { offer: '', accepted: '' },
  { offer: '', accepted: '; server_no_context_takeover; client_no_context_takeover' },
  { offer: '', accepted: '; server_max_window_bits=10' },
  { offer: '; client_no_context_takeover', accepted: '' },
  { offer: '; server_no_context_takeover', accepted: '; server_no_context_takeover' },
  { offer: '; server_max_window_bits=10', accepted: '; server_max_window_bits=10' },
  { offer: '; server_max_window_bits=10', accepted: '; server_max_window_bits=9' },
  { offer: '; client_max_window_bits', accepted: '' },
  { offer: '; client_max_window_bits', accepted: '; client_max_window_bits=15' },
  { offer: '; client_max_window_bits=10', accepted: '; client_max_window_bits=10' },
])('"$accepted" answers "$offer"', ({ offer, accepted }) => {
  expect(misfit(extension(accepted), extension(offer))).toBeUndefined();
});

test.each([
  { offer: '; server_no_context_takeover', accepted: '', section: '7.1.1.1' },
  { offer: '; server_max_window_bits=10', accepted: '', section: '7.1.2.1' },
  { offer: '; server_max_window_bits=10', accepted: '; server_max_window_bits=11', section: '7.1.2.1' },
  { offer: '', accepted: '; client_max_window_bits=15', section: '7.1.2.2' },
  { offer: '; client_max_window_bits=10', accepted: '; client_max_window_bits=11', section: '7.1.2.2' },
])('"$accepted" does not answer "$offer"', ({ offer, accepted, section }) => {
  expect(misfit(extension(accepted), extension(offer))?.rule).toBe(`RFC 7692 section ${section}`);
});
