/** A field line, as HAR and the heads of a session have it: values in Latin-1. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** All values of the field `name`, which is given in lower case. */
export function fieldValues(fields: readonly Field[], name: string): readonly string[] {
  return fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
}

/** The first of them. */
export function fieldValue(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value;
}
