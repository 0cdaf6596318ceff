import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyRing } from '../config/key-encryption-key.ts';
import { replaceFileDurably } from '../shared/durable-file.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { isMissingFile } from '../shared/missing-file.ts';
import { systemRandom } from '../shared/random.ts';
import { open, SealBrokenError, seal } from '../shared/sealed-box.ts';

/** Credentials of a device that was paired a moment ago and may not be in the database yet. */
export interface LinkedCreds {
  readonly deviceId: DeviceId;
  /** The lease epoch they were received under. */
  readonly epoch: number;
  /** Encoded as `encodeCreds` does. */
  readonly creds: Buffer;
}

/**
 * WhatsApp counts a device as linked once the library has acknowledged, and the library acknowledges in the same turn of
 * the event loop in which it tells us. No database write is that fast, so a file on this machine bridges the gap.
 */
export interface LinkingJournal {
  /** Durable when it returns; throws when the disk refuses. */
  record(linked: LinkedCreds): void;
  /** The newest record of the device, from an earlier process too; null without any. */
  find(deviceId: DeviceId): LinkedCreds | null;
  /** Removes the records of the device that earlier processes left. */
  forget(deviceId: DeviceId): void;
}

const CONTEXT = 'linking journal 1';
const SUFFIX = '.bin';

/** Records live sealed in `<dataDir>/linking`, under random names: nothing a caller typed becomes part of a path. */
export function createLinkingJournal(options: {
  dataDir: string;
  keyRing: KeyRing;
  log: Logger;
}): LinkingJournal {
  const { dataDir, keyRing, log } = options;
  const folder = join(dataDir, 'linking');
  const paths = new Map<DeviceId, string>();

  const records = (): { path: string; linked: LinkedCreds }[] =>
    unlessMissing(() => readdirSync(folder), [])
      .filter((name) => name.endsWith(SUFFIX))
      .flatMap((name) => {
        const path = join(folder, name);
        const sealed = unlessMissing(() => readFileSync(path), null);
        const linked = sealed && openRecord(sealed, keyRing);
        if (sealed && !linked) log.warn({ file: name }, 'linking journal holds a file that cannot be opened');
        return linked ? [{ path, linked }] : [];
      });

  return {
    record(linked) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const path =
        paths.get(linked.deviceId) ?? join(folder, systemRandom.bytes(16).toString('hex') + SUFFIX);
      replaceFileDurably(path, seal(keyRing.key, encode(linked), CONTEXT));
      paths.set(linked.deviceId, path);
    },
    find(deviceId) {
      const mine = records().filter(({ linked }) => linked.deviceId === deviceId);
      return mine.sort((a, b) => b.linked.epoch - a.linked.epoch)[0]?.linked ?? null;
    },
    forget(deviceId) {
      for (const { path, linked } of records())
        if (linked.deviceId === deviceId) rmSync(path, { force: true });
      paths.delete(deviceId);
    },
  };
}

/** The folder comes with the first record, and another process of this machine may remove a file before we read it. */
function unlessMissing<Result>(read: () => Result, otherwise: Result): Result {
  try {
    return read();
  } catch (error) {
    if (isMissingFile(error)) return otherwise;
    throw error;
  }
}

function openRecord(sealed: Buffer, ring: KeyRing): LinkedCreds | null {
  for (const { key } of [ring, ...ring.previous]) {
    try {
      return decode(open(key, sealed, CONTEXT));
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
    }
  }
  return null;
}

function encode({ deviceId, epoch, creds }: LinkedCreds): Buffer {
  return Buffer.from(JSON.stringify({ deviceId, epoch, creds: creds.toString('base64') }));
}

/** What the seal lets through was written by `encode`. */
function decode(bytes: Buffer): LinkedCreds {
  const { deviceId, epoch, creds } = JSON.parse(bytes.toString('utf8')) as {
    deviceId: DeviceId;
    epoch: number;
    creds: string;
  };
  return { deviceId, epoch, creds: Buffer.from(creds, 'base64') };
}
