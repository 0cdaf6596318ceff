import { onTestFinished } from 'vitest';
import {
  createEgress,
  type EgressDeps,
  type OutsideRequest,
  type OutsideResponse,
} from '../../src/egress/egress-client.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createFakeResolver } from '../fakes/host-resolver.ts';

/** EGRESS_ALLOW=127.0.0.1 */
export const LOOPBACK = { kind: 'network', address: '127.0.0.1', bits: 32, port: null } as const;

/** A door that lets requests to 127.0.0.1 through, with two names there; closed after the test. */
export function openTestEgress(deps: Partial<EgressDeps> = {}) {
  const resolver = createFakeResolver({ 'shop.example': ['127.0.0.1'], 'other.example': ['127.0.0.1'] });
  const egress = createEgress({ allowances: [LOOPBACK], resolver, clock: systemClock, ...deps });
  onTestFinished(() => egress.close());
  const get = (url: string, request: Partial<OutsideRequest> = {}): Promise<OutsideResponse> =>
    egress.fetchOutside({ url, maxBytes: 10_000, ...request });
  return { egress, resolver, get };
}
