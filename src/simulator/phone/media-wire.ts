import { Agent } from 'node:https';

/** The phones' way to the media host: they trust its CA and nobody else's. */
export interface MediaWire {
  readonly agent: Agent;
}

export function createMediaWire(caPem: string): MediaWire {
  return { agent: new Agent({ ca: caPem, keepAlive: true }) };
}
