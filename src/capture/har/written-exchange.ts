import { framedBody } from './framed-body.ts';
import { bodySteps, bytesStep, noteSizes, type Step, type Writing } from './step.ts';
import { carriedBody } from './told-body.ts';
import type { ToldEntry, ToldResponse } from './told-entry.ts';
import { writtenEventStream } from './written-event-stream.ts';
import { isOlder, requestHead, responseHead } from './written-head.ts';
import { askingToUpgrade, writtenWebSocket } from './written-web-socket.ts';

/** An exchange's bytes, written anew as HTTP/1, with the messages inside it: its entry knows what they meant, not what they were. */
export function* writtenExchange(
  entry: ToldEntry,
  epoch: bigint,
  isLast: boolean,
  onChange: Writing['onChange'],
): Generator<Step> {
  const askedAt = Number(entry.askedAt - epoch);
  const respondedAt = askedAt + entry.send + entry.wait;
  const writing = { entry, epoch, askedAt, respondedAt, isLast, onChange };
  yield* writtenRequest(writing);
  const { response, frames, events } = entry;
  if (!response) return;
  const { protocol } = response;
  if (protocol !== '' && !isOlder(protocol)) onChange(`${protocol} is written as HTTP/1.1`);
  if (frames && response.status === 101) yield* writtenWebSocket(writing, response, frames);
  else if (events) yield* writtenEventStream(writing, response, events);
  else yield* writtenResponse(writing, response);
}

function* writtenRequest({ entry, askedAt, onChange }: Writing): Generator<Step> {
  const { request, own, frames, send } = entry;
  const isWhole = !own?.cutOff.has('request');
  const body = carriedBody(request, own !== undefined, isWhole);
  if (body.changed) onChange(`request: ${body.changed}`);
  const told = frames ? askingToUpgrade(request.fields, onChange) : request.fields;
  const framing = { fields: told, isResponse: false, isWhole, isLast: false };
  const { fields, written, changed } = framedBody(framing, body);
  if (changed) onChange(`request: ${changed}`);
  const head = requestHead(request, fields);
  noteSizes('request', request, head, body, onChange);
  yield bytesStep(askedAt, 'client', head);
  yield* bodySteps(askedAt + send, 'client', written);
}

function* writtenResponse(writing: Writing, response: ToldResponse): Generator<Step> {
  const { entry, respondedAt, isLast, onChange } = writing;
  if (hasNoBody(response.status, entry.request.method)) {
    const head = responseHead(response, response.fields);
    noteSizes('response', response, head, undefined, onChange);
    yield bytesStep(respondedAt, 'server', head);
    return;
  }
  const isWhole = !entry.own?.cutOff.has('response');
  const body = carriedBody(response, entry.own !== undefined, isWhole);
  if (body.changed) onChange(`response: ${body.changed}`);
  const framing = { fields: response.fields, isResponse: true, isWhole, isLast };
  const { fields, written, endsWithStream, changed } = framedBody(framing, body);
  if (changed) onChange(`response: ${changed}`);
  const head = responseHead(response, fields);
  noteSizes('response', response, head, body, onChange);
  const end = respondedAt + entry.receive;
  yield bytesStep(respondedAt, 'server', head);
  yield* bodySteps(end, 'server', written);
  if (endsWithStream) yield { type: 'ended', at: end, from: 'server' };
}

/** RFC 9112 section 6.3. */
function hasNoBody(status: number, method: string): boolean {
  return method === 'HEAD' || status < 200 || status === 204 || status === 304;
}
