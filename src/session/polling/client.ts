import type { Field } from '../../decoders/http1/fields.ts';
import { fieldValue } from '../../decoders/http1/fields.ts';
import { textHash } from './hash.ts';

/** Cookies that say who is logged in: these stay the same from poll to poll. */
const LOGIN = /sess|sid|auth|user|login|token/i;

/** Cookies that stand for one form or one answer, whatever else their names say. */
const PASSING = /[cx]srf|nonce/i;

/**
 * What tells two clients at one address apart, hashed. A client that polls opens a new connection when it likes, so the
 * socket cannot say. Behind one address there may be many: everybody in an office, every user of a load test. They differ
 * in User-Agent, in Authorization, and in the cookie of their login. Of the other cookies many change with each answer
 * (those of load balancers and of analytics); as a part of the key they would make a new client of each poll.
 * Two tabs of one browser stay one client: nothing in their requests tells them apart.
 */
export class ClientIdentity {
  #agent: string | undefined;
  #authorization: string | undefined;
  #cookies: string | undefined;
  #identity = 0;

  /** The identity of who sent `fields`. 1.2 us, or 0.1 for whom it was asked of last. */
  of(fields: readonly Field[]): number {
    const agent = fieldValue(fields, 'user-agent') ?? '';
    const authorization = fieldValue(fields, 'authorization') ?? '';
    const cookies = fieldValue(fields, 'cookie') ?? '';
    if (agent === this.#agent && authorization === this.#authorization && cookies === this.#cookies) {
      return this.#identity;
    }
    this.#agent = agent;
    this.#authorization = authorization;
    this.#cookies = cookies;
    this.#identity = withLogin(cookies, textHash(authorization, textHash(agent)));
    return this.#identity;
  }
}

function withLogin(cookies: string, identity: number): number {
  if (!LOGIN.test(cookies)) return identity;
  let hash = identity;
  for (const pair of cookies.split(';')) {
    const name = pair.slice(0, pair.indexOf('='));
    if (LOGIN.test(name) && !PASSING.test(name)) hash = textHash(pair.trim(), hash);
  }
  return hash;
}
