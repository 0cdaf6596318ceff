import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether node_modules holds what package-lock.json asks for: npm keeps a lockfile of what it installed there.
 * Optional packages may be missing (they belong to other platforms), except the Node of this platform.
 */
export function installedMatches(root) {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = packagesOf(hidden);
  const wanted = packagesOf(path.join(root, 'package-lock.json'));
  const ourNode = `node_modules/node-${process.platform}-${process.arch}`;
  for (const [name, { version, optional, devOptional }] of Object.entries(wanted)) {
    if (name === '') continue;
    const found = installed[name];
    const maySkip = (optional || devOptional) && name !== ourNode;
    if (found ? found.version !== version : !maySkip) return false;
  }
  return Object.keys(installed).every((name) => name in wanted);
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
