import { gross, type Weight } from '../../../session/ledger.ts';
import { type Piece, piece, type StyledLine } from '../../styled-line.ts';

/** A weight as a bar as long as its share of the `largest` gross, in at most `columns`, from payload to control. */
export function weightBar(weight: Readonly<Weight>, largest: number, columns: number): StyledLine {
  const all = gross(weight);
  const length = all === 0 ? 0 : Math.max(1, Math.round((all / Math.max(largest, all)) * columns));
  let sum = 0;
  let drawn = 0;
  const parts = classes(weight).map(([bytes, sign, tone]) => {
    sum += bytes;
    const until = all === 0 ? 0 : Math.round((sum / all) * length);
    const part = piece(sign.repeat(until - drawn), tone);
    drawn = until;
    return part;
  });
  return [...parts.filter(({ text }) => text !== ''), piece(' '.repeat(columns - drawn))];
}

function classes(weight: Readonly<Weight>): readonly (readonly [number, string, Piece['tone']])[] {
  return [
    [weight.payload, '█', 'payload'],
    [weight.undecoded, '█', 'undecoded'],
    [weight.framing, '▓', 'framing'],
    [weight.head, '▒', 'head'],
    [weight.control, '░', 'control'],
    [weight.tls, '░', 'tls'],
  ];
}
