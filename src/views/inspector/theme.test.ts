import { describe, expect, test } from 'vitest';
import { attributeOf, THEMES } from './theme.ts';

/** What blessed makes of the number. */
function look(number: number) {
  const color = (bits: number) => (bits === 0x1ff ? undefined : bits);
  return { flags: number >> 18, front: color((number >> 9) & 0x1ff), back: color(number & 0x1ff) };
}

const BOLD = 1;
const UNDERLINED = 2;
const INVERSE = 8;

const { dark, light, none } = THEMES;

test.each([
  { name: 'plain', number: attributeOf(dark, 'plain', undefined, 256), flags: 0 },
  { name: 'a tone', number: attributeOf(dark, 'payload', undefined, 256), flags: 0, front: 10 },
  { name: 'a strong one', number: attributeOf(dark, 'fault', undefined, 256), flags: BOLD, front: 9 },
  { name: 'on a ground', number: attributeOf(dark, 'client', 'cursor', 256), flags: 0, front: 6, back: 24 },
  {
    name: 'gray on a ground',
    number: attributeOf(dark, 'dim', 'cursor', 256),
    flags: 0,
    front: 245,
    back: 24,
  },
  { name: 'light', number: attributeOf(light, 'head', 'selected', 256), flags: 0, front: 4, back: 254 },
  { name: 'sixteen colours', number: attributeOf(dark, 'head', 'cursor', 16), flags: INVERSE },
  { name: 'no colours', number: attributeOf(none, 'payload', undefined, 256), flags: 0 },
  { name: 'no colours, a ground', number: attributeOf(none, 'fault', 'cursor', 256), flags: BOLD | INVERSE },
  {
    name: 'no colours, undecoded',
    number: attributeOf(none, 'undecoded', undefined, 256),
    flags: UNDERLINED,
  },
])('$name', ({ number, flags, front, back }) => {
  expect(look(number)).toEqual({ flags, front, back });
});

describe.each([
  ['dark', dark],
  ['light', light],
] as const)('%s', (_, theme) => {
  test('the byte classes of a message are told apart by colour', () => {
    const tones = ['payload', 'head', 'framing', 'control', 'tls', 'undecoded'] as const;
    const colors = tones.map((tone) => look(attributeOf(theme, tone, undefined, 256)).front);
    expect(new Set(colors).size).toBe(tones.length);
  });
});
