/** A field line (RFC 9110 section 5): case, order and duplicates as they were sent. */
export interface Field {
  readonly name: string;
  /** Latin-1, without the white space around it. */
  readonly value: string;
}

const NO_VALUES: readonly string[] = [];

/** The first value of the field `name`, which is given in lower case. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  for (const field of fields) {
    if (isNamed(field, name)) return field.value;
  }
  return undefined;
}

/** All values of the field `name`, which is given in lower case, one for each field line. */
export function fieldValues(fields: readonly Field[], name: string): readonly string[] {
  let values: string[] | undefined;
  for (const field of fields) {
    if (!isNamed(field, name)) continue;
    if (values) values.push(field.value);
    else values = [field.value];
  }
  return values ?? NO_VALUES;
}

/** The elements of the list field `name` over all its lines (RFC 9110 section 5.6.1), empty ones left out. */
export function listElements(fields: readonly Field[], name: string): readonly string[] {
  const values = fieldValues(fields, name);
  if (values.length === 0) return values;
  return values.flatMap(elements).filter((element) => element !== '');
}

/** Lengths differ for nearly all. Where they do not, this takes half as long as putting the name in lower case. */
function isNamed(field: Field, name: string): boolean {
  const own = field.name;
  if (own.length !== name.length) return false;
  for (let index = 0; index < own.length; index++) {
    const code = own.charCodeAt(index);
    const lowered = code >= 65 && code <= 90 ? code + 32 : code;
    if (lowered !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** Parts between the commas that are not in a quoted string (RFC 9110 section 5.6.4). */
function elements(value: string): string[] {
  if (!value.includes('"')) return value.split(',').map(withoutSpace);
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index < value.length; index++) {
    const character = value[index];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\' && isQuoted) index++;
    else if (character === ',' && !isQuoted) {
      parts.push(withoutSpace(value.slice(start, index)));
      start = index + 1;
    }
  }
  parts.push(withoutSpace(value.slice(start)));
  return parts;
}

/** Without spaces and tabs at both ends, and only those: `trim` takes more, which has hidden a `chunked`. */
function withoutSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** OWS of RFC 9110 section 5.6.3. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 9;
}
