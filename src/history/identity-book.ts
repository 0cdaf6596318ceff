import type { Statement } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import { isLid, type Jid, phoneNumberOf, withoutDevice } from '../whatsapp/jid.ts';
import type { Account, NumberBehind } from './history-entry.ts';
import type { HistoryRepository } from './history-repository.ts';
import type { Identity } from './identity-statements.ts';

/** What is known of a device's people after some news, and what writes the news down. */
export interface IdentityReading {
  readonly numberBehind: NumberBehind;
  /** To be written before anything that is kept under these people. */
  readonly statements: Statement[];
}

/** Which numbers are behind which hidden ids, for each device. Ask it only in the device's turn. */
export interface IdentityBook {
  /** What is known of `lids` when `news` is taken for true; news about ourselves is left out. */
  read(
    deviceId: DeviceId,
    request: { lids: readonly Jid[]; news: readonly Identity[]; account: Account | null },
  ): Promise<IdentityReading>;
  /** Whether all of it is known, as far as memory tells; may be asked at any time. */
  knows(deviceId: DeviceId, news: readonly Identity[]): boolean;
  /** The device is run here no longer, or is another account. */
  forget(deviceId: DeviceId): void;
}

interface BookDeps {
  readonly repository: Pick<HistoryRepository, 'identities' | 'keptUnder' | 'remember' | 'fold'>;
  readonly clock: Clock;
}

/** People remembered for each device; the database knows the others. */
const REMEMBERED = 2_000;

export function createIdentityBook({ repository, clock }: BookDeps): IdentityBook {
  const devices = new Map<DeviceId, Map<Jid, string>>();

  const look = async (deviceId: DeviceId, lids: readonly Jid[]): Promise<ReadonlyMap<Jid, string>> => {
    const known = devices.get(deviceId) ?? new Map<Jid, string>();
    devices.set(deviceId, known);
    const unknown = [...new Set(lids)].filter((lid) => !known.has(lid));
    for (const { lid, number } of await repository.identities(deviceId, unknown)) known.set(lid, number);
    for (const lid of known.keys()) {
      if (known.size <= REMEMBERED + lids.length) break;
      if (!lids.includes(lid)) known.delete(lid);
    }
    return known;
  };

  return {
    async read(deviceId, { lids, news, account }) {
      const told = new Map(
        news.filter((each) => isTrue(each, account)).map(({ lid, number }) => [lid, number]),
      );
      const known = await look(deviceId, [...lids, ...told.keys()]);
      const fresh = [...told].flatMap(([lid, number]) =>
        known.get(lid) === number ? [] : [{ lid, number }],
      );
      const kept = new Set(
        await repository.keptUnder(
          deviceId,
          fresh.map(({ lid }) => lid),
        ),
      );
      // What was believed until now is asked again after the commit.
      for (const { lid } of fresh) devices.get(deviceId)?.delete(lid);
      const at = clock.now();
      return {
        numberBehind: (lid) => told.get(lid) ?? known.get(lid) ?? null,
        statements: fresh.flatMap((identity) => [
          repository.remember(deviceId, identity, at),
          ...(kept.has(identity.lid) ? repository.fold(deviceId, identity) : []),
        ]),
      };
    },
    knows: (deviceId, news) => news.every(({ lid, number }) => devices.get(deviceId)?.get(lid) === number),
    forget: (deviceId) => void devices.delete(deviceId),
  };
}

/** A hidden id and a number that stand side by side, in either order; null when they are none. */
export function toIdentity(one: Jid | null, other: Jid | null): Identity | null {
  if (!one || !other) return null;
  const [lid, pn] = isLid(one) ? [one, other] : [other, one];
  const number = phoneNumberOf(withoutDevice(pn));
  return isLid(lid) && number !== null ? { lid: withoutDevice(lid), number } : null;
}

/** Nobody else is behind our number, and we are nobody else. */
function isTrue({ lid, number }: Identity, account: Account | null): boolean {
  if (account === null || account.lid === null) return number !== account?.number;
  return (lid === account.lid) === (number === account.number);
}
