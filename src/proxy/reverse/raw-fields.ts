/** Field names and values by turns, as Node's `rawHeaders` has them: case, order and duplicates as they were sent. */
export type RawFields = readonly string[];

/** The value of the first field `name`, which is given in lower case. */
export function rawValue(fields: RawFields, name: string): string | undefined {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.toLowerCase() === name) return fields[at + 1];
  }
  return undefined;
}

/** Elements in lower case of the list field `name` over all its lines, which none of these quotes (RFC 9110 section 5.6.1). */
export function rawElements(fields: RawFields, name: 'connection' | 'transfer-encoding'): string[] {
  const elements: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.toLowerCase() === name) elements.push(...listElements(fields[at + 1]!.toLowerCase()));
  }
  return elements;
}

/** Parts between the commas without the spaces and tabs around them, empty ones left out; `trim` would take more. */
export function listElements(value: string): string[] {
  return value.split(/[ \t]*,[ \t]*/).filter((element) => element !== '');
}

/** All fields but those named, in lower case. */
export function withoutFields(fields: RawFields, names: ReadonlySet<string>): string[] {
  const left: string[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    if (!names.has(fields[at]!.toLowerCase())) left.push(fields[at]!, fields[at + 1]!);
  }
  return left;
}
