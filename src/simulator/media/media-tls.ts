import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { replaceFileDurably } from '../../shared/durable-file.ts';
import type { Random } from '../../shared/random.ts';
import { createLoopbackTls } from '../wire/tls.ts';

/** Who the simulator is to HTTPS clients. */
export interface TlsIdentity {
  /** PEM. */
  readonly keyPem: string;
  readonly certPem: string;
  readonly caPem: string;
  /** The CA as a file, because clients are told about it by path. */
  readonly caFile: string;
}

/** Where the simulator keeps files; what lasts as long as the process is removed by `forget`. */
export interface Folder {
  readonly path: string;
  forget(): void;
}

/** The state directory, or one that ends with the process. */
export function openFolder(stateDir: string | null): Folder {
  if (stateDir === null) {
    const path = mkdtempSync(join(tmpdir(), 'simulator-'));
    return { path, forget: () => rmSync(path, { recursive: true, force: true }) };
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  return { path: stateDir, forget() {} };
}

const KEY_FILE = 'tls-key.pem';
const CERTIFICATE_FILE = 'tls-certificate.pem';
const CA_FILE = 'ca.pem';
/** Certificates are good for a year; older ones are made anew. In ms. */
const RENEW_AFTER_MS = 300 * 86_400_000;

/** The CA and certificate of a folder, made on its first day: who trusts the CA still does after a restart. */
export function openTlsIdentity(
  folder: string,
  { clock, random }: { clock: Clock; random: Random },
): TlsIdentity {
  const caFile = join(folder, CA_FILE);
  const stampFile = join(folder, 'tls-made-at');
  const madeAt = existsSync(stampFile) ? Number(readFileSync(stampFile, 'utf8')) : 0;
  if (clock.now().getTime() - madeAt > RENEW_AFTER_MS) {
    const made = createLoopbackTls({ clock, random });
    replaceFileDurably(join(folder, KEY_FILE), Buffer.from(made.keyPem));
    replaceFileDurably(join(folder, CERTIFICATE_FILE), Buffer.from(made.certPem));
    replaceFileDurably(caFile, Buffer.from(made.caPem));
    replaceFileDurably(stampFile, Buffer.from(String(clock.now().getTime())));
  }
  return {
    keyPem: readFileSync(join(folder, KEY_FILE), 'utf8'),
    certPem: readFileSync(join(folder, CERTIFICATE_FILE), 'utf8'),
    caPem: readFileSync(caFile, 'utf8'),
    caFile,
  };
}
