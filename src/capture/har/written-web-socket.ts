import { type Field, fieldValue } from './fields.ts';
import { numberIn, textIn } from './json-value.ts';
import { bytesStep, lostSteps, noteSizes, type Step, type Writing } from './step.ts';
import type { ToldMessages, ToldResponse } from './told-entry.ts';
import { type ToldMessage, toldMessages } from './told-messages.ts';
import { writtenFrame } from './written-frame.ts';
import { responseHead } from './written-head.ts';

const UPGRADE: readonly Field[] = [
  { name: 'Connection', value: 'Upgrade' },
  { name: 'Upgrade', value: 'websocket' },
];

/** The fields of a request that opens a WebSocket: some tools leave those out that ask for it (RFC 6455 section 4.1). */
export function askingToUpgrade(fields: readonly Field[], onChange: Writing['onChange']): readonly Field[] {
  const missing = UPGRADE.filter(({ name }) => fieldValue(fields, name.toLowerCase()) === undefined);
  for (const { name, value } of missing) onChange(`${name}: ${value} was added`);
  return missing.length === 0 ? fields : [...fields, ...missing];
}

/** The answer to the handshake, and the messages: a client may send some before it has that, a server may not. */
export function* writtenWebSocket(
  writing: Writing,
  response: ToldResponse,
  frames: ToldMessages,
): Generator<Step> {
  const { epoch, askedAt, respondedAt, onChange } = writing;
  const head = responseHead(response, askingToUpgrade(response.fields, onChange));
  noteSizes('response', response, head, undefined, onChange);
  let isAnswered = false;
  let now = askedAt;
  for (const message of toldMessages(frames)) {
    const frame = writtenFrame(message);
    if (!frame) {
      onChange(`a message was left out: ${described(message)}`);
      continue;
    }
    if (message.at !== undefined) now = Math.max(now, Number(message.at - epoch));
    if (!isAnswered && (frame.from === 'server' || now >= respondedAt)) {
      isAnswered = true;
      now = Math.max(now, respondedAt);
      yield bytesStep(respondedAt, 'server', head);
    }
    yield bytesStep(now, frame.from, frame.bytes);
    yield* lostSteps(now, frame.from, frame.missing);
  }
  if (!isAnswered) yield bytesStep(respondedAt, 'server', head);
}

function described({ told }: ToldMessage): string {
  return `type ${textIn(told.type) ?? 'unknown'}, opcode ${numberIn(told.opcode) ?? 'unknown'}`;
}
