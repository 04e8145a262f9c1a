import { Inspector } from '../../../src/views/inspector/inspector.ts';
import { type Figures, type Sliced, type Times, timesOf } from '../figures.ts';
import type { LargeSession } from './large-session.ts';

const AREA = { columns: 120, rows: 40 };
const FRAMES = 100;
const PAGES = 2000;
const SLICE = 5;
/** Frames that are drawn before they count: until then little is compiled. */
const WARMING = 300;

/** What frames, a sort and a search take while nothing comes. */
export function stillFigures(large: LargeSession): Pick<Figures, 'draws' | 'sort' | 'sortAgain' | 'search'> {
  const controls = { title: 'bench', now: () => large.now, quit: () => {} };
  const inspector = new Inspector(large.session, controls, () => {});
  const figures = {
    draws: drawTimes(inspector),
    sort: sliced(inspector, 's'),
    sortAgain: sliced(inspector, 'S'),
    search: sliced(inspector, '/', ...'text:needle', 'enter'),
  };
  inspector.close();
  return figures;
}

function drawTimes(inspector: Inspector): Figures['draws'] {
  allWork(inspector);
  times(inspector, WARMING);
  press(inspector, 'g');
  const start = times(inspector);
  for (let page = 0; page < PAGES; page++) press(inspector, 'pagedown');
  const middle = times(inspector);
  press(inspector, 'G');
  const end = times(inspector);
  press(inspector, 'g', 'enter', 'G');
  const messages = times(inspector);
  press(inspector, 'escape');
  return { start, middle, end, messages };
}

function times(inspector: Inspector, count = FRAMES): Times {
  const taken: number[] = [];
  for (let frame = 0; frame < count; frame++) {
    const begun = performance.now();
    inspector.frame(AREA);
    taken.push(performance.now() - begun);
  }
  return timesOf(taken);
}

/** Presses keys, and works until there is nothing left to do. */
function sliced(inspector: Inspector, ...keys: readonly string[]): Sliced {
  const begun = performance.now();
  press(inspector, ...keys);
  inspector.frame(AREA);
  const pressed = performance.now() - begun;
  const { work, longest } = allWork(inspector);
  return { work: pressed + work, longest: Math.max(pressed, longest) };
}

function allWork(inspector: Inspector): Sliced {
  let work = 0;
  let longest = 0;
  for (let isMore = true; isMore; ) {
    const begun = performance.now();
    isMore = inspector.work(begun + SLICE);
    const slice = performance.now() - begun;
    work += slice;
    longest = Math.max(longest, slice);
  }
  return { work, longest };
}

function press(inspector: Inspector, ...names: readonly string[]): void {
  for (const name of names) inspector.press({ name, text: name.length === 1 ? name : '' });
}
