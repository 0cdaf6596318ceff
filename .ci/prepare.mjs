// Runs before start, test, sandbox, cli and bench: installs packages, generates the Prisma clients and builds the pages of
// the dashboard when they are missing or stale. Plain JavaScript for Node 20 with nothing installed; silent and quick
// when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedMatches } from './installed.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => path.join(root, ...parts);
const packageStamp = at('node_modules', '.wafleet-stamp');
const clientStamp = at('src', 'generated', '.wafleet-stamp');
const pagesStamp = at('dist', 'dashboard.stamp');
const pagesSource = path.join('src', 'dashboard', 'ui');

/** What the stamped result was made from; null where an input is not there. */
function fingerprint(...files) {
  const hash = createHash('sha256');
  for (const file of files) {
    if (!existsSync(at(file))) return null;
    hash.update(file);
    hash.update(readFileSync(at(file)));
  }
  return hash.digest('hex');
}

const lockFingerprint = () => fingerprint('package-lock.json');
const clientFingerprint = () =>
  fingerprint('package-lock.json', 'prisma/schema.prisma', 'prisma/generate.mjs');
const pagesFingerprint = () =>
  fingerprint('package-lock.json', '.ci/build-dashboard.mjs', ...filesBelow(pagesSource));
const stampOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const packagesFresh = () => stampOf(packageStamp) === lockFingerprint();
const clientsFresh = () => clientFingerprint() === null || stampOf(clientStamp) === clientFingerprint();
const pagesFresh = () =>
  stampOf(pagesStamp) === pagesFingerprint() && existsSync(at('dist', 'dashboard', 'index.html'));

if (!packagesFresh() || !clientsFresh() || !pagesFresh()) {
  alone(() => {
    if (!packagesFresh()) preparePackages();
    if (!clientsFresh()) prepareClients();
    if (!pagesFresh()) preparePages();
  });
}
requireNode();

function preparePackages() {
  // Somebody who ran `npm ci` or `npm install` by hand has the right packages already and only lacks our stamp.
  if (!installedMatches(root)) {
    say('installing packages, about a minute the first time');
    // The environment's NODE_ENV=production would leave out what `npm test` needs later. No package needs its scripts.
    const flags = ['--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
    run(...npm(), 'ci', ...flags, '--loglevel=error');
  }
  writeFileSync(packageStamp, lockFingerprint());
}

function prepareClients() {
  say('generating the database clients');
  run(projectNode(), at('prisma', 'generate.mjs'));
  mkdirSync(path.dirname(clientStamp), { recursive: true });
  writeFileSync(clientStamp, clientFingerprint());
}

function preparePages() {
  say('building the pages of the dashboard');
  run(projectNode(), at('.ci', 'build-dashboard.mjs'));
  writeFileSync(pagesStamp, pagesFingerprint());
}

/** Paths below the project, in one order on every machine. */
function filesBelow(folder) {
  return readdirSync(at(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** The npm that started us, on the Node that runs it: `npm ci` is about to delete the one in node_modules. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script?.endsWith('.js') && node ? [node, script] : ['npm'];
}

function projectNode() {
  const bundled = at('node_modules', '.bin', 'node');
  return existsSync(bundled) ? bundled : process.execPath;
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const newEnough = major > 22 || (major === 22 && minor >= 19);
  if (newEnough || projectNode() !== process.execPath) return;
  fail(`this platform gets no Node with the packages, and ${process.version} is too old: install Node 24`);
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`"${path.basename(command)} ${args.slice(0, 2).join(' ')}" failed, see above`);
}

/** Two commands started at once on a fresh clone must not install over each other: the second waits for the first. */
function alone(work) {
  const name = `wafleet-prepare-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  const lock = path.join(tmpdir(), name);
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.on('exit', () => rmSync(lock, { force: true }));
  work();
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!holderLives(lock)) rmSync(lock, { force: true });
  return false;
}

function holderLives(lock) {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function say(text) {
  process.stderr.write(`wafleet: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
