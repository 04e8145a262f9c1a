import { type JsonObject, numberIn, objectIn, textIn } from './json-value.ts';
import { readSeconds } from './moment.ts';
import type { ToldMessages } from './told-entry.ts';

/** A message that an entry tells of, with what is behind it in the list it is in. */
export interface ToldMessage {
  readonly told: JsonObject;
  /** It is in tare's own list of what stands between the messages. */
  readonly isBetween: boolean;
  /** Nanoseconds since the Unix epoch; undefined where it is not told. */
  readonly at: bigint | undefined;
}

/** All messages of an entry in their order: those of tare's own list say how many of the others came before them. */
export function* toldMessages({ messages, between }: ToldMessages): Generator<ToldMessage> {
  let next = 0;
  for (let index = 0; index <= messages.length; index++) {
    while (next < between.length && isDue(between[next], index, messages.length)) {
      yield toldMessage(between[next++], true);
    }
    if (index < messages.length) yield toldMessage(messages[index], false);
  }
}

function isDue(message: unknown, index: number, count: number): boolean {
  return index === count || (numberIn(objectIn(message).after) ?? 0) <= index;
}

function toldMessage(message: unknown, isBetween: boolean): ToldMessage {
  const told = objectIn(message);
  return { told, isBetween, at: readSeconds(numberIn(told.time) ?? -1) };
}

/** The bytes of a message whose text is in `data`, or else in `_bytes`, in base64. */
export function dataBytes(told: JsonObject, isBase64: boolean): Buffer {
  const bytes = textIn(told._bytes);
  if (bytes !== undefined) return Buffer.from(bytes, 'base64');
  return Buffer.from(textIn(told.data) ?? '', isBase64 ? 'base64' : 'utf8');
}
