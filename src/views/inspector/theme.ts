import type { Ground, Tone } from '../styled-line.ts';

/** Colours of a terminal's 256 by number; -1 is the terminal's own. */
const OWN = -1;

interface Look {
  readonly color?: number;
  readonly isBold?: boolean;
  readonly isUnderlined?: boolean;
  readonly isInverse?: boolean;
}

/** How tones and grounds look: one way of painting a screen. */
export interface Theme {
  readonly tones: Readonly<Record<Tone, Look>>;
  readonly grounds: Readonly<Record<Ground, Look>>;
}

export type ThemeName = 'dark' | 'light' | 'none';

/** The sixteen colours every terminal has carry the meaning; those above them only make it pleasant. */
const DARK: Theme = {
  tones: {
    plain: {},
    dim: { color: 8 },
    strong: { isBold: true },
    client: { color: 6 },
    server: { color: 2 },
    head: { color: 12 },
    framing: { color: 3 },
    control: { color: 5 },
    tls: { color: 8 },
    payload: { color: 10 },
    undecoded: { color: 9, isUnderlined: true },
    fault: { color: 9, isBold: true },
    name: { color: 6 },
    string: {},
    number: { color: 3 },
    word: { color: 5 },
  },
  grounds: {
    cursor: { color: 24 },
    selected: { color: 237 },
    match: { color: 58 },
    bar: { color: 236 },
  },
};

const LIGHT: Theme = {
  tones: {
    ...DARK.tones,
    head: { color: 4 },
    payload: { color: 2 },
    undecoded: { color: 1, isUnderlined: true },
    fault: { color: 1, isBold: true },
    framing: { color: 130 },
    number: { color: 130 },
  },
  grounds: {
    cursor: { color: 153 },
    selected: { color: 254 },
    match: { color: 229 },
    bar: { color: 253 },
  },
};

/** Without colours: bold, underlined and inverse are left. */
const NONE: Theme = {
  tones: {
    ...plainTones(),
    strong: { isBold: true },
    undecoded: { isUnderlined: true },
    fault: { isBold: true },
  },
  grounds: {
    cursor: { isInverse: true },
    selected: { isUnderlined: true },
    match: { isBold: true, isUnderlined: true },
    bar: { isInverse: true },
  },
};

function plainTones(): Record<Tone, Look> {
  const plain: Look = {};
  const { tones } = DARK;
  return { ...tones, ...Object.fromEntries(Object.keys(tones).map((tone) => [tone, plain])) };
}

export const THEMES: Readonly<Record<ThemeName, Theme>> = { dark: DARK, light: LIGHT, none: NONE };

/** With 16 colours a ground is inverse: none of the sixteen lies behind all the others and leaves them readable. */
function isFine(colors: number): boolean {
  return colors >= 256;
}

/** A cell's look as the number blessed keeps: flags, foreground and background, nine bits each of the colours. */
export function attributeOf(theme: Theme, tone: Tone, ground: Ground | undefined, colors: number): number {
  const front = theme.tones[tone];
  const back = ground === undefined ? undefined : theme.grounds[ground];
  const isInverse = back !== undefined && (back.isInverse || !isFine(colors));
  const flags =
    (front.isBold || back?.isBold ? BOLD : 0) |
    (front.isUnderlined || back?.isUnderlined ? UNDERLINED : 0) |
    (isInverse ? INVERSE : 0);
  const background = back === undefined || isInverse ? OWN : (back.color ?? OWN);
  const foreground = isInverse ? OWN : readable(front.color ?? OWN, background);
  return (flags << 18) | (bits(foreground) << 9) | bits(background);
}

const BOLD = 1;
const UNDERLINED = 2;
const INVERSE = 8;

const GRAY = 8;
const LIGHTER_GRAY = 245;

/** Gray on a coloured ground cannot be read. */
function readable(foreground: number, background: number): number {
  return foreground === GRAY && background !== OWN ? LIGHTER_GRAY : foreground;
}

function bits(color: number): number {
  return color === OWN ? 0x1ff : color;
}
