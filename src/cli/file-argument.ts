/** A file's name as it was typed: of `-`, for stdin, yargs leaves nothing. */
export function fileArgument(file: string): string {
  return file === '' ? '-' : file;
}
