/** Names of values, by where they stand. */
export interface NameLists {
  /** Fields of heads and trailers. */
  readonly header: readonly string[];
  /** Parameters of URLs, and of forms, which are written like those. */
  readonly query: readonly string[];
  /** Members of JSON objects. */
  readonly json: readonly string[];
}

/** Those words are secrets wherever they stand as a name. */
const EVERYWHERE = [
  ...['password', 'passwd', 'pwd', 'passphrase', 'passcode', 'secret', 'client_secret', 'api_secret'],
  ...['token', 'access_token', 'refresh_token', 'id_token', 'auth_token', 'session_token', 'security_token'],
  ...['bearer_token', 'device_token', 'csrf_token', 'xsrf_token', 'api_token', 'api_key', 'x_api_key'],
  ...[
    'private_key',
    'secret_key',
    'secret_access_key',
    'access_key',
    'authorization',
    'cookie',
    'set_cookie',
  ],
  ...['credential', 'credentials', 'jwt', 'assertion', 'client_assertion', 'otp', 'session_key'],
];

/** What is replaced when nothing else is said. `docs/redaction.md` shows it. */
export const REDACTED_BY_DEFAULT: NameLists = {
  header: [
    ...['authorization', 'proxy-authorization', 'x-serverless-authorization', 'dpop'],
    ...['cookie', 'cookie2', 'set-cookie', 'set-cookie2'],
    ...['x-api-key', 'api-key', 'apikey', 'x-apikey', 'x-api-token', 'x-api-secret', 'x-goog-api-key'],
    ...['x-auth-token', 'x-access-token', 'x-refresh-token', 'x-id-token', 'x-session-token', 'x-auth-key'],
    ...['x-csrf-token', 'x-xsrf-token', 'x-amz-security-token', 'x-vault-token', 'x-functions-key'],
    ...['private-token', 'job-token', 'ocp-apim-subscription-key', 'cf-access-client-secret'],
    ...['x-forwarded-access-token', 'x-goog-iam-authorization-token'],
  ],
  query: [
    ...EVERYWHERE,
    ...['key', 'auth', 'code', 'ticket', 'sig', 'signature', 'session', 'session_id', 'sessionid'],
    ...['x-amz-signature', 'x-amz-security-token', 'x-amz-credential', 'x-goog-signature'],
    ...['x-goog-credential', 'samlresponse', 'code_verifier'],
  ],
  json: EVERYWHERE,
};

/** Fields that tell what the bytes behind them are: without them a recording could not be read, nor weighed alike. */
const NEEDED: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'upgrade', 'content-length', 'content-type', 'content-encoding'],
  ...['transfer-encoding', 'te', 'trailer', 'expect', 'date'],
  ...['sec-websocket-key', 'sec-websocket-accept', 'sec-websocket-extensions', 'sec-websocket-version'],
]);

/** Whether a field, named in lower case, has to stay as it is. */
export function isNeededField(name: string): boolean {
  return NEEDED.has(name);
}

/** Tells which names are those of secrets. */
export class RedactedNames {
  readonly #headers: ReadonlySet<string>;
  readonly #query: ReadonlySet<string>;
  readonly #json: ReadonlySet<string>;
  /** Of members, hashed from the last character to the first. */
  readonly #hashes: ReadonlySet<number>;

  /** `more` are names besides those that are replaced by default. */
  constructor(more: Partial<NameLists> = {}) {
    const { header, query, json } = REDACTED_BY_DEFAULT;
    const headers = [...header, ...(more.header ?? [])].map((name) => name.toLowerCase());
    this.#headers = new Set(headers.filter((name) => !isNeededField(name)));
    this.#query = new Set([...query, ...(more.query ?? [])].map(folded));
    this.#json = new Set([...json, ...(more.json ?? [])].map(folded));
    this.#hashes = new Set(
      Array.from(this.#json, (name) => Buffer.from(name).reduceRight(hashedBackwards, 0)),
    );
  }

  /** Of a field, named in lower case. */
  hasHeader(name: string): boolean {
    return this.#headers.has(name);
  }

  /** Of a parameter as it is written in a URL or a form: `%5F` for an underscore, `user[password]`. */
  hasParameter(written: string): boolean {
    return this.#query.has(folded(innermost(percentDecoded(written))));
  }

  /** Of a member as it is written in JSON, within a string too: `access\u005ftoken`. */
  hasMember(written: string): boolean {
    return this.#json.has(folded(unescaped(written)));
  }

  /** False where no member's name has this hash, which is made with `hashedBackwards`. */
  mayHaveMember(hash: number): boolean {
    return this.#hashes.has(hash);
  }
}

/** The hash of what was hashed before and of the byte in front of it, so that `folded` makes no difference. */
export function hashedBackwards(hash: number, byte: number): number {
  if (byte === 0x2d || byte === 0x5f || byte === 0x20) return hash;
  return (Math.imul(hash, 31) + (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)) | 0;
}

/** accessToken, access_token, access-token and ACCESS_TOKEN are one name. */
function folded(name: string): string {
  return name.replace(/[-_ ]/g, '').toLowerCase();
}

function innermost(name: string): string {
  return (
    name
      .split(/[[\].]/)
      .filter((part) => part !== '')
      .at(-1) ?? ''
  );
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Without the escapes of RFC 8259 section 7, however many times the text was put into a string. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text
    .replace(/\\+u([0-9a-f]{4})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)))
    .replaceAll('\\', '');
}
