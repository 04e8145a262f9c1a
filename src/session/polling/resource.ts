import { copied } from './own-text.ts';

/** What a request asks for, as far as one poll and the next have it in common. */
export interface PollResource {
  /** Path and query without the values that change from poll to poll: the same for polls of one resource. */
  readonly key: string;
  /** Names and values that may change from poll to poll or may be what is asked for: only comparing tells. */
  readonly loose: string;
}

/** What stands for a value that changes. */
const ELLIPSIS = '…';

/** Characters of a resource that are shown. */
const MAX_SHOWN = 300;

/**
 * Values of these names never say what is asked for: they keep a cache from answering (jQuery's `_`, Dojo's
 * `preventCache`, Ext's `_dc`, Closure's `zx`), or tell the server what the client has already. They are no part of the
 * resource, whether they are there or not: the first poll often has none. Names are compared without `_`, `-`, `.` and case.
 */
const CHANGING = new Set([
  '',
  ...['cb', 'cachebust', 'cachebuster', 'cachebusting', 'bust', 'buster', 'nocache', 'preventcache'],
  ...['dojopreventcache', 'rand', 'random', 'rnd', 'nonce', 'dc', 'zx', 'requestid'],
  ...['after', 'since', 'afterid', 'sinceid', 'lastid', 'lasteventid', 'lastmessageid', 'lastseen'],
]);

/** The same, where the value looks like it: `t=1690000000`, but not `t=weather`. */
const CHANGING_NUMBERS = new Set(['t', 'r', 'ts', 'time', 'timestamp', 'now', 'date']);

/** Values of these names say what is asked for even where they count up: page by page, item by item. */
const TELLING = new Set([
  ...['page', 'p', 'pg', 'pageno', 'pagenumber', 'pageindex', 'pagetoken', 'pagesize', 'perpage', 'start'],
  ...['skip', 'limit', 'size', 'count', 'first', 'maxid', 'id', 'q', 'query', 'search', 'filter', 'sort'],
]);

/** Longer texts than this without a space are tokens even without a digit. */
const TOKEN_LENGTH = 20;

type Meaning = 'changing' | 'loose' | 'telling';

/** The resource a request target (RFC 9112 section 3.2) names. 0.6 us for three parameters. */
export function pollResource(target: string): PollResource {
  const path = originForm(target);
  const queryStart = path.indexOf('?');
  if (queryStart < 0) return { key: path, loose: '' };
  let key = path.slice(0, queryStart + 1);
  let loose = '';
  for (const parameter of path.slice(queryStart + 1).split('&')) {
    const { name, value } = parted(parameter);
    const meaning = meaningOf(name, value);
    if (meaning === 'telling') key += `&${parameter}`;
    if (meaning !== 'loose') continue;
    key += `&${name}=${ELLIPSIS}`;
    loose += `&${parameter}`;
  }
  return { key: key.endsWith('?') ? key.slice(0, -1) : key, loose };
}

/** The target as a series shows it: what changes is `…`, loose values too where they were seen to change. */
export function shownResource(target: string, isLooseChanging: boolean): string {
  const path = originForm(target);
  const queryStart = path.indexOf('?');
  if (queryStart < 0) return copied(cut(path));
  const parameters = path
    .slice(queryStart + 1, queryStart + 1 + 2 * MAX_SHOWN)
    .split('&')
    .map((parameter) => {
      const { name, value } = parted(parameter);
      const meaning = meaningOf(name, value);
      const isChanging = meaning === 'changing' || (meaning === 'loose' && isLooseChanging);
      if (!isChanging) return parameter;
      return value === '' && isNumber(name) ? ELLIPSIS : `${name}=${ELLIPSIS}`;
    });
  return copied(cut(`${path.slice(0, queryStart)}?${parameters.join('&')}`));
}

/** The path and query, of an absolute target too (RFC 9112 section 3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const authority = target.indexOf('://');
  if (authority < 0) return target;
  const path = target.indexOf('/', authority + 3);
  return path < 0 ? '/' : target.slice(path);
}

/** Those of `text`'s first characters that are shown. */
function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}${ELLIPSIS}` : text;
}

/** The first value of the query parameter `name`, as it stands there. */
export function queryValue(target: string, name: string): string | undefined {
  const queryStart = target.indexOf('?');
  if (queryStart < 0) return undefined;
  for (const parameter of target.slice(queryStart + 1).split('&')) {
    if (parameter.startsWith(name) && parameter[name.length] === '=') return parameter.slice(name.length + 1);
  }
  return undefined;
}

function parted(parameter: string): { readonly name: string; readonly value: string } {
  const equals = parameter.indexOf('=');
  if (equals < 0) return { name: parameter, value: '' };
  return { name: parameter.slice(0, equals), value: parameter.slice(equals + 1) };
}

/** A number without a value, `?1690000000`, keeps caches out. */
function meaningOf(name: string, value: string): Meaning {
  if (value === '' && isNumber(name)) return 'changing';
  const meaning = meaningOfName(name);
  if (meaning === 'changing-number' && hasDigit(value)) return 'changing';
  if (meaning === 'changing' || meaning === 'telling') return meaning;
  return isLoose(value) ? 'loose' : 'telling';
}

type NameMeaning = 'changing' | 'changing-number' | 'telling' | 'any';

/** The names there are in one session are few: knowing them halves the time that a target takes. */
const knownNames = new Map<string, NameMeaning>();
const MAX_KNOWN_NAMES = 1000;
const MAX_NAME = 100;

function meaningOfName(name: string): NameMeaning {
  const known = knownNames.get(name);
  if (known) return known;
  const plain = name.replaceAll(/[-_.]/g, '').toLowerCase();
  const meaning = meaningOfPlain(plain);
  if (knownNames.size < MAX_KNOWN_NAMES && name.length < MAX_NAME) knownNames.set(copied(name), meaning);
  return meaning;
}

function meaningOfPlain(plain: string): NameMeaning {
  if (CHANGING.has(plain)) return 'changing';
  if (CHANGING_NUMBERS.has(plain)) return 'changing-number';
  return TELLING.has(plain) ? 'telling' : 'any';
}

/**
 * Counters, timestamps, UUIDs and random tokens have a digit in them or are long, words are neither. What is a loose
 * value by mistake (`room=12`) does no harm as long as it stays the same, and is found out when it comes back.
 */
function isLoose(value: string): boolean {
  return value === '' || hasDigit(value) || (value.length >= TOKEN_LENGTH && !/\+|%20/.test(value));
}

function isNumber(text: string): boolean {
  return /^\d+(\.\d+)?$/.test(text);
}

function hasDigit(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) return true;
  }
  return false;
}
