import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { hex } from '../../testing/cuts.ts';
import { openInflater } from '../content-encoding.ts';
import { MessageContent } from './message-content.ts';

const usual = { takeover: true, windowBits: 15 };
const alone = { ...usual, takeover: false };

function contentOf(compression: typeof usual | undefined, content = 1000): MessageContent {
  return new MessageContent(compression, (bits, limit) => openInflater('deflate-raw', limit, bits), {
    content,
  });
}

/** Reads a text in slices: the first fault there is, and the content. */
function read(messages: MessageContent, slices: readonly Uint8Array[], isCompressed = true) {
  messages.begin(true, isCompressed);
  const violations = slices.map((slice, index) => messages.push(slice, index === slices.length - 1));
  const content = messages.end();
  return {
    rules: violations.flatMap((violation) => (violation ? [violation.rule] : [])),
    content: content && Buffer.from(content).toString(),
  };
}

function deflated(text: string | Uint8Array): Buffer {
  return deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

const HELLO = hex('f248cdc9c90700'); // RFC 7692 section 7.2.3.1
const AGAIN = hex('f200110000'); // section 7.2.3.2: refers to the one before
const BROKEN = hex('07');

describe('of what was not compressed', () => {
  test('there is no content of its own', () => {
    expect(read(contentOf(usual), [Buffer.from('Hello')], false)).toEqual({ rules: [], content: undefined });
  });

  test('a broken text is told of once', () => {
    const slices = [hex('ff'), hex('ff'), hex('ff')];
    expect(read(contentOf(undefined), slices, false).rules).toEqual(['RFC 6455 section 8.1']);
  });

  test('a text must not end inside a character', () => {
    expect(read(contentOf(undefined), [hex('e2'), hex('82')], false).rules).toEqual(['RFC 6455 section 8.1']);
    expect(read(contentOf(undefined), [hex('e2'), hex('82ac')], false).rules).toEqual([]);
  });

  test('binary is not judged', () => {
    const messages = contentOf(undefined);
    messages.begin(false, false);
    expect(messages.push(hex('ff'), true)).toBeUndefined();
  });

  test('one broken text says nothing of the next', () => {
    const messages = contentOf(undefined);
    read(messages, [hex('e2')], false);
    expect(read(messages, [hex('41')], false).rules).toEqual([]);
    expect(read(messages, [hex('ff')], false).rules).toEqual(['RFC 6455 section 8.1']);
  });
});

describe('of compressed messages', () => {
  test('the content is what was deflated, in however many slices', () => {
    const messages = contentOf(usual);
    const bytes = deflated('Hello, hello, hello');
    expect(read(messages, [bytes])).toEqual({ rules: [], content: 'Hello, hello, hello' });
    expect(
      read(
        contentOf(usual),
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
      ),
    ).toEqual({
      rules: [],
      content: 'Hello, hello, hello',
    });
  });

  test('the window is kept where it is taken over, and only there', () => {
    const messages = contentOf(usual);
    expect([read(messages, [HELLO]).content, read(messages, [AGAIN]).content]).toEqual(['Hello', 'Hello']);
    const others = contentOf(alone);
    expect(read(others, [HELLO]).content).toBe('Hello');
    expect(read(others, [AGAIN])).toEqual({ rules: ['RFC 7692 section 7.2.2'], content: undefined });
    expect(read(others, [HELLO]).content).toBe('Hello');
  });

  test('a text is judged as inflated', () => {
    expect(read(contentOf(usual), [deflated(hex('41ff'))])).toEqual({
      rules: ['RFC 6455 section 8.1'],
      content: 'A\ufffd',
    });
    expect(read(contentOf(usual), [deflated(hex('e282'))]).rules).toEqual(['RFC 6455 section 8.1']);
  });

  test('a broken text does not keep the rest of it from being inflated', () => {
    const bytes = deflated(Buffer.concat([hex('ff'), Buffer.from('Hello, hello')]));
    const { rules, content } = read(
      contentOf(usual),
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    );
    expect(rules).toEqual(['RFC 6455 section 8.1']);
    expect(content).toBe('\ufffdHello, hello');
  });

  test('a broken stream is told of once, and what follows is not guessed', () => {
    const messages = contentOf(usual);
    expect(read(messages, [BROKEN, BROKEN])).toEqual({
      rules: ['RFC 7692 section 7.2.2'],
      content: undefined,
    });
    expect(read(messages, [HELLO])).toEqual({ rules: [], content: undefined });
    expect(read(messages, [hex('ff')], false).rules).toEqual(['RFC 6455 section 8.1']);
  });

  test('past the limit nothing is kept, nor of later messages that may refer to it', () => {
    const messages = contentOf(usual, 100);
    expect(read(messages, [deflated('a'.repeat(100))]).content).toHaveLength(100);
    expect(read(messages, [deflated('a'.repeat(101))])).toEqual({ rules: ['limit'], content: undefined });
    expect(read(messages, [HELLO])).toEqual({ rules: [], content: undefined });
  });

  test('past the limit the next message is read all the same where it stands alone', () => {
    const messages = contentOf(alone, 100);
    expect(read(messages, [deflated('a'.repeat(101))]).rules).toEqual(['limit']);
    expect(read(messages, [HELLO])).toEqual({ rules: [], content: 'Hello' });
  });

  test('the limit is that of a message however it is sliced', () => {
    const bytes = deflated('a'.repeat(60) + 'b'.repeat(60));
    const slices = Array.from(bytes, (byte) => Uint8Array.of(byte));
    expect(read(contentOf(usual, 119), slices).rules).toEqual(['limit']);
    expect(read(contentOf(usual, 120), slices).rules).toEqual([]);
  });

  test('a bomb is not inflated beyond the limit', () => {
    const bomb = deflated(new Uint8Array(1 << 26));
    expect(read(contentOf(usual, 1000), [bomb]).rules).toEqual(['limit']);
  });

  test('an abandoned message takes the window with it', () => {
    const messages = contentOf(usual);
    messages.begin(true, true);
    messages.push(HELLO.subarray(0, 3), false);
    messages.abandon();
    expect(read(messages, [HELLO])).toEqual({ rules: [], content: undefined });
  });

  test('of an abandoned message nothing gets into the next that stands alone', () => {
    const messages = contentOf(alone);
    messages.begin(true, true);
    messages.push(HELLO.subarray(0, 3), false);
    messages.abandon();
    expect(read(messages, [HELLO]).content).toBe('Hello');
  });
});
