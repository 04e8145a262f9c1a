import { type Field, fieldValues } from './fields.ts';

/** A cookie as HAR has it. */
interface HarCookie {
  readonly name: string;
  readonly value: string;
  readonly path?: string;
  readonly domain?: string;
  /** ISO 8601. */
  readonly expires?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
  readonly sameSite?: string;
}

/** The cookies of a request's Cookie fields (RFC 6265 section 4.2.1). */
export function requestCookies(fields: readonly Field[]): HarCookie[] {
  return fieldValues(fields, 'cookie')
    .flatMap((value) => value.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(parted);
}

/** The cookies of a response's Set-Cookie fields (RFC 6265 section 4.1.1). */
export function responseCookies(fields: readonly Field[]): HarCookie[] {
  return fieldValues(fields, 'set-cookie').map(setCookie);
}

function setCookie(value: string): HarCookie {
  const [pair, ...attributes] = value.split(';');
  const told = new Map(attributes.map(parted).map(({ name, value }) => [name.toLowerCase(), value]));
  const expires = date(told.get('expires'));
  const path = told.get('path');
  const domain = told.get('domain');
  const sameSite = told.get('samesite');
  return {
    ...parted(pair!),
    ...(path !== undefined && { path }),
    ...(domain !== undefined && { domain }),
    ...(expires !== undefined && { expires }),
    httpOnly: told.has('httponly'),
    secure: told.has('secure'),
    ...(sameSite !== undefined && { sameSite }),
  };
}

function parted(pair: string): { readonly name: string; readonly value: string } {
  const equals = pair.indexOf('=');
  if (equals < 0) return { name: pair.trim(), value: '' };
  return { name: pair.slice(0, equals).trim(), value: pair.slice(equals + 1).trim() };
}

/** Years that have other than four digits are no dates in HAR. */
function date(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  const year = new Date(time).getUTCFullYear();
  return year >= 0 && year <= 9999 ? new Date(time).toISOString() : undefined;
}
