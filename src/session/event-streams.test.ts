import { expect, test } from 'vitest';
import { client } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { EventStreams } from './event-streams.ts';
import type { Exchange } from './exchange.ts';
import { Session } from './session.ts';

/** An exchange whose request is for `target`, with `fields`. */
function asked(number: number, target: string, fields = ''): Exchange {
  const session = new Session();
  new TapScript(session.take).open().say(client(`GET ${target} HTTP/1.1\nHost: a\n${fields}\n`));
  return { ...session.exchanges.get(1)!, number };
}

test('links a stream to the last one of the same resource, where it asks for what it missed', () => {
  const streams = new EventStreams();
  expect(streams.open(asked(1, '/a'), 'h')).toBeUndefined();
  expect(streams.open(asked(2, '/b'), 'h')).toBeUndefined();
  expect(streams.open(asked(3, '/a', 'last-event-id: 7\n'), 'h')).toBe(1);
  expect(streams.open(asked(4, '/a', 'Last-Event-ID: 8\n'), 'h')).toBe(3);
  expect(streams.open(asked(5, '/a', 'Last-Event-ID: 8\n'), 'other')).toBeUndefined();
  expect(streams.open(asked(6, '/a'), 'h')).toBeUndefined();
});

test('an empty Last-Event-ID is one', () => {
  const streams = new EventStreams();
  streams.open(asked(1, '/a'), 'h');
  expect(streams.open(asked(2, '/a', 'Last-Event-ID:\n'), 'h')).toBe(1);
});

test('remembers a bounded number of resources, the most recent', () => {
  const streams = new EventStreams();
  const [any, again] = [asked(1, '/'), asked(2, '/', 'Last-Event-ID: 1\n')];
  for (let host = 0; host < 10_001; host++) streams.open(any, `h${host}`);
  expect(streams.open(again, 'h10000')).toBe(1);
  expect(streams.open(again, 'h1')).toBe(1);
  expect(streams.open(again, 'h0')).toBeUndefined();
});
