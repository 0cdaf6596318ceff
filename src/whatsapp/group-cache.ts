import type { GroupMetadata, WASocket } from '@whiskeysockets/baileys';
import type { Clock } from '../shared/clock.ts';
import { createTtlCache } from './baileys-caches.ts';

/** What a socket knows of groups, so that not every message to one asks the server who is in it. */
export interface GroupCache {
  /** For Baileys' `cachedGroupMetadata`; asks the server where it must. */
  metadata(jid: string): Promise<GroupMetadata | undefined>;
  /** From now on what the server tells of a group makes the cache forget it. */
  watch(sock: WASocket): void;
}

/** Changes are told at once while connected; this is for those that are not told. */
const KEPT_MS = 5 * 60_000;
const KEPT_GROUPS = 500;

export function createGroupCache(clock: Clock): GroupCache {
  const cache = createTtlCache({ clock, ttlMs: KEPT_MS, capacity: KEPT_GROUPS });
  let watched: WASocket | null = null;
  /** Counts what was forgotten, so that an answer the server gave before a change is not kept after it. */
  let changes = 0;
  const forget = (jid: string): void => {
    changes += 1;
    void cache.del(jid);
  };
  return {
    async metadata(jid) {
      const known = await cache.get<GroupMetadata>(jid);
      if (known || !watched) return known;
      const before = changes;
      const metadata = await watched.groupMetadata(jid);
      if (before === changes) await cache.set(jid, metadata);
      return metadata;
    },
    watch(sock) {
      watched = sock;
      sock.ev.on('groups.update', (groups) => {
        for (const { id } of groups) if (id) forget(id);
      });
      sock.ev.on('groups.upsert', (groups) => {
        for (const { id } of groups) forget(id);
      });
      sock.ev.on('group-participants.update', ({ id }) => forget(id));
    },
  };
}
