import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harmless } from './harmless.ts';

describe('one line that cannot steer a terminal', () => {
  test.each([
    { name: 'text', text: 'plain ☺ 李雷 é', shown: 'plain ☺ 李雷 é' },
    { name: 'escape sequences', text: '\x1b[2J\x1b]0;title\x07', shown: '·[2J·]0;title·' },
    { name: 'the eight-bit ones (C1)', text: '\x9b2J\x9d0;t\x9c\x85', shown: '·2J·0;t··' },
    { name: 'bell, backspace, NUL, DEL', text: 'a\x07\x08\0\x7fb', shown: 'a····b' },
    { name: 'line ends and tabs', text: 'a\r\nb\nc\rd\te', shown: 'a b c d e' },
    { name: 'other line ends', text: 'a\v\f\u2028\u2029b', shown: 'a····b' },
    {
      name: 'reversals of the reading direction',
      text: 'a\u202egnp.exe\u202c\u2066\u2069\u200f',
      shown: 'a·gnp.exe····',
    },
    { name: 'invisible ones', text: 'a\u200b\u200d\u2060\ufeff\u00adb', shown: 'a·····b' },
    { name: 'half a character', text: 'a\ud800b', shown: 'a·b' },
    { name: 'private ones, and tags', text: '\ue000\u{f0000}\u{e0041}', shown: '···' },
  ])('$name', ({ text, shown }) => {
    expect(harmless(text)).toBe(shown);
  });

  test('of any text', () => {
    const code = fc.oneof(fc.nat({ max: 0xff }), fc.nat({ max: 0xffff }), fc.nat({ max: 0x10ffff }));
    fc.assert(
      fc.property(fc.array(code), (codes) => {
        const text = String.fromCodePoint(...codes);
        expect(harmless(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
