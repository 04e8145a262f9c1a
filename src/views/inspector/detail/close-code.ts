/** What a close code means (RFC 6455 section 7.4.1, and those that IANA lists). */
const MEANINGS: Readonly<Record<string, string>> = {
  1000: 'normal closure: it was done',
  1001: 'going away: a page was left, or a server stops',
  1002: 'protocol error',
  1003: 'a kind of data it cannot take',
  1005: 'no code was given',
  1006: 'abnormal: the connection went without a close',
  1007: 'data that did not fit its kind, as text that is no UTF-8',
  1008: 'a policy was violated',
  1009: 'a message was too big',
  1010: 'an extension was missing',
  1011: 'an unexpected condition in the server',
  1012: 'the service restarts',
  1013: 'try again later',
  1014: 'a gateway got no valid answer',
  1015: 'TLS failed',
};

/** A close's code and reason, and what the code means. */
export function closeCodeWords(name: string): string {
  const [code = ''] = name.split(' ');
  const reason = name.slice(code.length + 1);
  const meaning =
    MEANINGS[code] ?? (/^[34]\d{3}$/.test(code) ? 'a code of the application' : 'an unknown code');
  return code === ''
    ? 'a close without a code'
    : `${code}: ${meaning}${reason === '' ? '' : ` — “${reason}”`}`;
}
