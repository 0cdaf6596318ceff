import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Clock } from '../../shared/clock.ts';
import type { SimulatorCore } from '../core.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Phones } from '../phone/phones.ts';
import type { History } from '../server/history.ts';

/** How a live connection of a companion is ended; `code` goes with `stream-error`. */
export type ConnectionEnd =
  | { readonly how: 'stream-error'; readonly code: string }
  | { readonly how: 'conflict' | 'xmlstreamend' | 'close' | 'cut' | 'silence' };

/** What the control API steers. */
export interface ControlTarget {
  readonly core: SimulatorCore;
  readonly phones: Phones;
  readonly faults: FaultPlan;
  readonly history: History;
  readonly clock: Clock;
  /** The files of the media host. */
  readonly media: Pick<MediaStore, 'expire' | 'expireAll'>;
  /** False when the device is not connected now. */
  endConnection(phoneNumber: string, device: number, end: ConnectionEnd): boolean;
}

/** A group of routes; it is given the target as options. */
export type ControlPlugin = FastifyPluginAsyncZod<ControlTarget & Record<never, never>>;
