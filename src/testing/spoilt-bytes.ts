import fc from 'fast-check';

/** Damage to the bytes of a file, all of it behind its first `from` bytes. */
export interface Damage {
  readonly from: number;
  readonly bytes: Buffer;
}

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const flips = fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 8 });
const noise = fc.uint8Array({ minLength: 1, maxLength: 200 });
/** Numbers that lengths are often wrong by. */
const numbers = fc.constantFrom('00000000', 'ffffffff', '7fffffff', 'fffffff0', '00000001', '80000000');

type Spoil = (bytes: Buffer) => Buffer;

const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  fc.constant<Spoil>(() => Buffer.alloc(0)),
  flips.map<Spoil>((flips) => (bytes) => flipped(bytes, flips)),
  noise.map<Spoil>((noise) => (bytes) => Buffer.concat([noise, bytes])),
  noise.map<Spoil>((noise) => (bytes) => Buffer.concat([noise, bytes.subarray(noise.length)])),
  fc.nat(300).map<Spoil>((length) => (bytes) => bytes.subarray(length)),
  fc.nat(300).map<Spoil>((length) => (bytes) => Buffer.concat([bytes.subarray(0, length), bytes])),
  numbers.map<Spoil>((number) => (bytes) => Buffer.concat([Buffer.from(number, 'hex'), bytes.subarray(4)])),
  noise.map<Spoil>((noise) => () => Buffer.from(noise)),
);

/** Ways to spoil a file: cut, flipped, with bytes too many, too few, or of another kind. */
export const damages: fc.Arbitrary<(file: Uint8Array) => Damage> = fc
  .tuple(place, spoil)
  .map(([place, spoil]) => (file) => {
    const from = Math.floor(place * file.length);
    return { from, bytes: Buffer.concat([file.subarray(0, from), spoil(Buffer.from(file.subarray(from)))]) };
  });

function flipped(bytes: Buffer, flips: readonly (readonly [place: number, bits: number])[]): Buffer {
  const changed = Buffer.from(bytes);
  for (const [place, bits] of flips) {
    const index = Math.floor(place * bytes.length);
    changed[index] = changed[index]! ^ bits;
  }
  return changed;
}
