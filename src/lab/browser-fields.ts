import { createHash } from 'node:crypto';

const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
] as const;

/**
 * The request fields that a browser sends along, so that the overhead of the demo looks like that of real life.
 * The same user always has the same browser and the same session token, which is made up.
 */
export function browserFields(user: string, origin: URL, accept: string): Record<string, string> {
  const token = createHash('sha256').update(user).digest('base64url');
  return {
    'User-Agent': BROWSERS[token.charCodeAt(0) % BROWSERS.length]!,
    Accept: accept,
    'Accept-Language': 'en-GB,en;q=0.9,zh;q=0.6',
    'Accept-Encoding': 'gzip, deflate, br',
    Referer: `${origin.origin}/`,
    'Sec-Fetch-Dest': 'empty',
    'Sec-Fetch-Mode': 'cors',
    'Sec-Fetch-Site': 'same-origin',
    Cookie: `user=${user}; session=${token}; theme=dark; consent=necessary`,
  };
}
