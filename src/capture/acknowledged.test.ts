import { expect, test } from 'vitest';
import { Acknowledged } from './acknowledged.ts';

test.each([
  { name: 'nothing', said: [], highest: 0, believed: 0 },
  { name: 'one packet alone', said: [[500, 0]], highest: 500, believed: 0 },
  {
    name: 'a second at once',
    said: [
      [500, 0],
      [700, 0.9],
    ],
    highest: 700,
    believed: 0,
  },
  {
    name: 'a second a millisecond later',
    said: [
      [500, 0],
      [700, 1],
    ],
    highest: 700,
    believed: 500,
  },
  {
    name: 'one that says the same',
    said: [
      [500, 0],
      [500, 1],
    ],
    highest: 500,
    believed: 500,
  },
  {
    name: 'eight at once',
    said: [1, 2, 3, 4, 5, 6, 7, 8].map((step) => [step * 100, 0]),
    highest: 800,
    believed: 100,
  },
  {
    name: 'a damaged one',
    said: [
      [900_000, 0],
      [500, 1],
      [600, 2],
      [700, 3],
    ],
    highest: 900_000,
    believed: 600,
  },
  {
    name: 'a damaged one among others',
    said: [
      [500, 0],
      [900_000, 1],
      [600, 2],
      [700, 3],
    ],
    highest: 900_000,
    believed: 600,
  },
  {
    name: 'those that came late',
    said: [
      [500, 0],
      [700, 1],
      [600, 2],
      [100, 3],
    ],
    highest: 700,
    believed: 600,
  },
])('$name', ({ said, highest, believed }) => {
  const acknowledged = new Acknowledged();
  for (const [position, milliseconds] of said) acknowledged.note(position!, milliseconds! * 1e6);
  expect(acknowledged).toMatchObject({ highest, believed });
});
