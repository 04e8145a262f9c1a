/** An object that came out of JSON, of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

const NONE: JsonObject = {};

/** The value where it is an object; one without members for all else. */
export function objectIn(value: unknown): JsonObject {
  return isObject(value) ? value : NONE;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is a list; an empty one for all else. */
export function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A number of bytes; undefined where it is not told, for which HAR has -1. */
export function sizeIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
