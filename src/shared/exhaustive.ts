/** Makes the compiler find the case a switch forgot; throws when data from outside got past the types. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
