type Told = Readonly<Record<string, unknown>>;

/** What must be true of a value; told with where it stands when it is not. */
type Rule = (value: unknown, path: string, wrong: string[]) => void;

/**
 * What of a value is not as HAR 1.2 wants it, a line each: members that are missing or of the wrong type, names that are neither
 * HAR's nor begin with an underscore, dates that are none, and times that do not add up.
 */
export function checkHar(har: unknown): string[] {
  const wrong: string[] = [];
  HAR(har, 'har', wrong);
  return wrong;
}

const text = typed('string');
const flag = typed('boolean');
const number: Rule = (value, path, wrong) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) wrong.push(`${path} is not a number`);
};
/** A time in milliseconds that must be there. */
const duration = atLeast(0, number);
/** One for which -1 says that it does not apply. */
const durationIfAny = atLeast(-1, number);
const integer: Rule = (value, path, wrong) => {
  if (!Number.isSafeInteger(value)) wrong.push(`${path} is not an integer`);
};
/** Bytes, or -1 where they are not known. */
const size = atLeast(-1, integer);

const moment: Rule = (value, path, wrong) => {
  const isIso =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);
  if (!isIso || Number.isNaN(Date.parse(value))) wrong.push(`${path} is not a date`);
};

const url: Rule = (value, path, wrong) => {
  const isUrl = typeof value === 'string' && /^[a-z]+:\/\/[\x21-\x7e]+$/.test(value) && URL.canParse(value);
  if (!isUrl) wrong.push(`${path} is not a URL: ${String(value)}`);
};

const address: Rule = (value, path, wrong) => {
  const isAddress = typeof value === 'string' && /^(\d+(\.\d+){3}|[0-9a-f:]*:[0-9a-f:.]*)$/i.test(value);
  if (!isAddress) wrong.push(`${path} is not an address`);
};

const comment = { comment: text };
const pair = object({ name: text, value: text }, comment);

const cookie = object(
  { name: text, value: text },
  {
    path: text,
    domain: text,
    expires: moment,
    httpOnly: flag,
    secure: flag,
    sameSite: text,
    ...comment,
  },
);

const postData = object(
  { mimeType: text },
  {
    params: list(object({ name: text }, { value: text, fileName: text, contentType: text, ...comment })),
    text,
    ...comment,
  },
);

const request = object(
  {
    method: text,
    url,
    httpVersion: text,
    cookies: list(cookie),
    headers: list(pair),
    queryString: list(pair),
    headersSize: size,
    bodySize: size,
  },
  { postData, ...comment },
);

const content = object({ size, mimeType: text }, { compression: integer, text, encoding: text, ...comment });

const response = object(
  {
    status: integer,
    statusText: text,
    httpVersion: text,
    cookies: list(cookie),
    headers: list(pair),
    content,
    redirectURL: text,
    headersSize: size,
    bodySize: size,
  },
  comment,
);

const cacheState = object(
  { lastAccess: moment, eTag: text, hitCount: integer },
  { expires: moment, ...comment },
);

const timings = object(
  { send: duration, wait: duration, receive: duration },
  { blocked: durationIfAny, dns: durationIfAny, connect: durationIfAny, ssl: durationIfAny, ...comment },
);

const entryMembers = object(
  {
    startedDateTime: moment,
    time: duration,
    request,
    response,
    cache: object({}, { beforeRequest: cacheState, afterRequest: cacheState, ...comment }),
    timings,
  },
  { pageref: text, serverIPAddress: address, connection: text, ...comment },
);

/** The time is what its parts add up to, where `ssl` is in `connect` already. */
const entry: Rule = (value, path, wrong) => {
  entryMembers(value, path, wrong);
  if (!isObject(value) || !isObject(value.timings)) return;
  const took = value.timings;
  const parts = ['blocked', 'dns', 'connect', 'send', 'wait', 'receive'];
  const sum = parts.reduce((total, part) => total + Math.max(0, Number(took[part] ?? 0)), 0);
  if (Math.abs(sum - Number(value.time)) > 0.01) wrong.push(`${path}.time is ${value.time} and not ${sum}`);
  if (Number(took.ssl ?? -1) > Number(took.connect ?? -1))
    wrong.push(`${path}.timings.ssl is not in connect`);
};

const program = object({ name: text, version: text }, comment);
const page = object(
  {
    startedDateTime: moment,
    id: text,
    title: text,
    pageTimings: object({}, { onContentLoad: durationIfAny, onLoad: durationIfAny, ...comment }),
  },
  comment,
);

const HAR = object({
  log: object(
    { version: text, creator: program, entries: list(entry) },
    { browser: program, pages: list(page), ...comment },
  ),
});

/** An object with these members, perhaps those, and whatever begins with an underscore. */
function object(
  required: Readonly<Record<string, Rule>>,
  optional: Readonly<Record<string, Rule>> = {},
): Rule {
  return (value, path, wrong) => {
    if (!isObject(value)) {
      wrong.push(`${path} is not an object`);
      return;
    }
    for (const name of Object.keys(required)) if (!(name in value)) wrong.push(`${path}.${name} is missing`);
    for (const [name, member] of Object.entries(value)) {
      const rule = required[name] ?? optional[name];
      if (rule) rule(member, `${path}.${name}`, wrong);
      else if (!name.startsWith('_')) wrong.push(`${path}.${name} is no name of HAR`);
    }
  };
}

function list(rule: Rule): Rule {
  return (value, path, wrong) => {
    if (!Array.isArray(value)) wrong.push(`${path} is not a list`);
    else for (const [index, item] of value.entries()) rule(item, `${path}[${index}]`, wrong);
  };
}

function typed(type: 'string' | 'boolean'): Rule {
  return (value, path, wrong) => {
    if (typeof value !== type) wrong.push(`${path} is not a ${type}`);
  };
}

function atLeast(least: number, rule: Rule): Rule {
  return (value, path, wrong) => {
    rule(value, path, wrong);
    if (typeof value === 'number' && value < least) wrong.push(`${path} is below ${least}`);
  };
}

function isObject(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
