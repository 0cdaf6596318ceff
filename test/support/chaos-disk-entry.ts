import { join } from 'node:path';

/**
 * The server on a small disk of its own: a file system in memory, mounted over DATA_DIR in a namespace that only this process
 * sees and that goes with it. `DISK_BYTES` says how small.
 */
const MAIN = join(import.meta.dirname, '../../src/main.ts');
const { DISK_BYTES = '0', DATA_DIR = '', ...environment } = process.env;
const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && cd "$2" && exec "$3" "$4"';
const shell = ['sh', '-c', script, 'sh', DISK_BYTES, DATA_DIR, process.execPath, MAIN];

process.execve?.(
  '/usr/bin/unshare',
  ['unshare', '--user', '--map-root-user', '--mount', ...shell],
  Object.fromEntries(
    Object.entries({ ...environment, DATA_DIR }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ),
);
