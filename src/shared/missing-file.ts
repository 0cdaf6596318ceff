/** Whether a file or folder is not there; every other error of the file system says nothing of that. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
