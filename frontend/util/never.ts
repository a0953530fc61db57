/** Ends a match over a union: a new case does not compile until it is handled. */
export function never(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
