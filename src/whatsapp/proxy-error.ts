/** The proxy of a device is of a kind we cannot use; only the operator can change that. */
export class ProxyUnsupportedError extends Error {
  override readonly name = 'ProxyUnsupportedError';
}
