/** A TLS record with a ClientHello (RFC 8446 section 4.1.2) that asks for a host and offers protocols; each character is a byte. */
export function helloRecord(serverName: string | undefined, alpn: readonly string[] = []): Buffer {
  const extensions = [
    ...(serverName === undefined
      ? []
      : [extension(0, vector(2, number(1, 0), vector(2, latin1(serverName))))]),
    ...(alpn.length === 0 ? [] : [extension(16, vector(2, ...alpn.map((name) => vector(1, latin1(name)))))]),
  ];
  const hello = Buffer.concat([
    number(2, 0x0303),
    Buffer.alloc(32), // random
    vector(1), // session id
    vector(2, number(2, 0x1301)), // cipher suites
    vector(1, number(1, 0)), // compression methods
    vector(2, ...extensions),
  ]);
  return Buffer.concat([number(1, 22), number(2, 0x0301), vector(2, number(1, 1), vector(3, hello))]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([number(2, type), vector(2, content)]);
}

/** What stands behind its length, a number of `width` bytes. */
function vector(width: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([number(width, content.length), content]);
}

function number(width: number, value: number): Buffer {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntBE(value, 0, width);
  return bytes;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
