import fc from 'fast-check';
import { bodyText, type FramingRecipe, framingFields, framingRecipe, sayBody } from './body-script.ts';
import { type ConversationScript, ORIGIN, type Place } from './conversation-script.ts';
import type { StoryExchange } from './exchange-story.ts';
import { type FieldsRecipe, fieldSection, fieldsRecipe } from './head-script.ts';

export interface RequestRecipe {
  readonly method: string;
  readonly path: string;
  readonly isOld: boolean;
  readonly fields: FieldsRecipe;
  readonly body: string;
  readonly framing: FramingRecipe;
  /** What it asks to speak instead, in vain; only the last of a group does. */
  readonly upgrade: string | undefined;
  /** It waits for 100 Continue; only one that is alone does. */
  readonly expects: boolean;
  /** A field for the proxy alone. */
  readonly proxyField: string;
}

interface ResponseRecipe {
  readonly status: number;
  readonly reason: string;
  readonly isOld: boolean;
  readonly fields: FieldsRecipe;
  readonly body: string;
  readonly framing: FramingRecipe;
  /** The informational responses before it. */
  readonly interim: readonly { readonly status: number; readonly fields: FieldsRecipe }[];
}

interface ExchangeRecipe {
  readonly request: RequestRecipe;
  readonly response: ResponseRecipe;
}

/** Exchanges of which all requests are sent before the first answer. */
export interface HttpGroupRecipe {
  readonly exchanges: readonly ExchangeRecipe[];
}

const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'M-SEARCH', 'x!'];
const PATHS = ['/', '/events', '/a%20b?c=/d', '/*:80//'];

export const requestRecipe: fc.Arbitrary<RequestRecipe> = fc.record({
  method: fc.constantFrom(...METHODS),
  path: fc.constantFrom(...PATHS),
  isOld: fc.boolean(),
  fields: fieldsRecipe,
  body: bodyText,
  framing: framingRecipe('none', 'length', 'chunked'),
  upgrade: fc.option(fc.constantFrom('h2c', 'websocket'), { nil: undefined, freq: 6 }),
  expects: fc.boolean(),
  proxyField: fc.constantFrom('', 'Proxy-Connection: keep-alive\r\n', 'proxy-a:\r\n'),
});

function responseRecipe(framing: fc.Arbitrary<FramingRecipe>): fc.Arbitrary<ResponseRecipe> {
  return fc.record({
    status: fc.constantFrom(200, 201, 204, 206, 301, 304, 404, 500, 599),
    reason: fc.constantFrom('OK', '', 'Not at  all', 'caf\xe9'),
    isOld: fc.boolean(),
    fields: fieldsRecipe,
    body: bodyText,
    framing,
    interim: fc.array(fc.record({ status: fc.constantFrom(100, 102, 103), fields: fieldsRecipe }), {
      maxLength: 2,
    }),
  });
}

/** Some that leave the connection open. */
export const httpGroup: fc.Arbitrary<HttpGroupRecipe> = fc.record({
  exchanges: fc.array(
    fc.record({ request: requestRecipe, response: responseRecipe(framingRecipe('length', 'chunked')) }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** One whose answer lasts until the connection ends. */
export const lastHttpGroup: fc.Arbitrary<HttpGroupRecipe> = fc
  .record({ request: requestRecipe, response: responseRecipe(framingRecipe('until-close')) })
  .map((exchange) => ({ exchanges: [exchange] }));

type NamedField = readonly [name: string, value: string];

export function sayHttpGroup(script: ConversationScript, { exchanges }: HttpGroupRecipe): void {
  script.step('client');
  const opened = exchanges.map(({ request }, index) => {
    const exchange = script.open('http1');
    const isLast = index === exchanges.length - 1;
    sayRequest(script, exchange, request, { isAlone: exchanges.length === 1, isLast });
    return exchange;
  });
  script.step('server');
  exchanges.forEach(({ request, response }, index) => {
    sayResponse(script, opened[index]!, response, request.method);
  });
}

/** Says a request; one that is alone may wait for 100 Continue before its body. */
export function sayRequest(
  script: ConversationScript,
  exchange: StoryExchange,
  recipe: RequestRecipe,
  { isAlone, isLast }: { readonly isAlone: boolean; readonly isLast: boolean },
): void {
  const { framing, fields, upgrade } = recipe;
  const hasBody = framing.type !== 'none';
  const body = hasBody ? recipe.body : '';
  const expects = isAlone && hasBody && recipe.expects && version(recipe) === '1.1';
  const place = script.begin(exchange, 'client', 'request');
  sayRequestHead(script, place, recipe, [
    ...framingFields(framing, body.length),
    ...fieldsIf(expects, ['Expect', '100-continue']),
    ...fieldsIf(isLast && upgrade !== undefined, ['Connection', 'Upgrade'], ['Upgrade', `${upgrade}`]),
  ]);
  if (expects) sayInterim(script, exchange, 100, fields);
  place.message.bytes = body;
  sayBody(script, [{ place, what: 'payload', text: body, completes: true }], framing, place);
}

/** Says a head with these fields besides Host. */
export function sayRequestHead(
  script: ConversationScript,
  place: Place,
  recipe: RequestRecipe,
  own: readonly NamedField[],
): void {
  const { method, path, fields, proxyField } = recipe;
  const end = ` HTTP/${version(recipe)}\r\n`;
  const section = fieldSection(fields, [['Host', 'chat.example'], ...own]);
  const toProxy = `${method} http://${ORIGIN}${path}${end}${proxyField}${section}`;
  script.say(place, 'head', `${method} ${path}${end}${section}`, toProxy);
}

function sayResponse(
  script: ConversationScript,
  exchange: StoryExchange,
  recipe: ResponseRecipe,
  method: string,
): void {
  const { status, reason, fields, framing, interim } = recipe;
  for (const each of interim) sayInterim(script, exchange, each.status, each.fields);
  const hasBody = method !== 'HEAD' && status !== 204 && status !== 304;
  const body = hasBody ? recipe.body : '';
  const place = script.begin(exchange, 'server', 'response');
  const announced = status === 204 ? [] : framingFields(framing, recipe.body.length);
  script.say(
    place,
    'head',
    `HTTP/${version(recipe)} ${status} ${reason}\r\n${fieldSection(fields, announced)}`,
  );
  place.message.bytes = body;
  if (hasBody) sayBody(script, [{ place, what: 'payload', text: body, completes: true }], framing, place);
}

function sayInterim(
  script: ConversationScript,
  exchange: StoryExchange,
  status: number,
  fields: FieldsRecipe,
): void {
  const place = script.begin(exchange, 'server', 'response', `${status}`);
  script.say(place, 'head', `HTTP/1.1 ${status} Wait\r\n${fieldSection(fields, [])}`);
}

/** HTTP/1.0 has no chunks. */
function version({ isOld, framing }: { readonly isOld: boolean; readonly framing: FramingRecipe }): string {
  return isOld && framing.type !== 'chunked' ? '1.0' : '1.1';
}

function fieldsIf(condition: boolean, ...fields: readonly NamedField[]): readonly NamedField[] {
  return condition ? fields : [];
}
