import type { Agent } from 'node:https';

/** How media travels; null where it goes directly to WhatsApp. */
export interface MediaTransport {
  /** For what Baileys does with node:https: uploads. */
  readonly agent: Agent;
  /** For downloads, which Baileys makes with fetch. */
  readonly fetchOptions: RequestInit;
}

/** Everything Baileys opens for one device, through the proxy of that device. */
export interface ProxyRoute {
  /** For the WebSocket. */
  readonly socketAgent: Agent;
  readonly media: MediaTransport;
}
