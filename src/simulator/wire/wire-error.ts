/** Bytes from the other side that do not follow the protocol. The connection they came from is beyond repair. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
