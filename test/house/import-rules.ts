import { cyclesOf, type Edge, edgesOf, fileGraph, folderGraph, folderOf } from './import-graph.ts';
import type { SourceFile } from './source-file.ts';

export interface Violation {
  readonly where: string;
  readonly what: string;
}

export interface Rule {
  readonly name: string;
  /** What to do instead; shown with every violation. */
  readonly instead: string;
  violations(sources: readonly SourceFile[]): Violation[];
}

/** What package.json installs for production. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The rules of docs/architecture.md. `import type` counts like any import: a reader follows both. */
export function importRules(manifest: Manifest): Rule[] {
  return [...FOLDER_RULES, productionRule(manifest)];
}

const product = (path: string) => /^(src|workers)\//.test(path);
const inFolder = (path: string, ...folders: string[]) => folders.includes(folderOf(path) ?? '');
const hasRole = (path: string, role: string) => path.endsWith(`-${role}.ts`) || path.endsWith(`/${role}.ts`);
/** app.ts, main.ts and the like: the only files that may know every part of every feature. */
const putsTogether = (path: string) => /^src\/[^/]+\.ts$/.test(path);

/** What one starts; they hand the workers to the application. */
const isEntryPoint = (path: string) => path === 'src/main.ts' || path === 'src/sandbox.ts';

/** What runs in browsers; bundled, so its packages are development packages of ours. */
const inPages = (path: string) => path.startsWith('src/dashboard/ui/');
const PAGE_PACKAGES = ['preact', '@preact/signals', '@tanstack/virtual-core'];

const PRIVATE_ROLES = ['repository', 'statements', 'schemas', 'routes', 'queue'];
const DATABASE_PACKAGES = /^(@prisma\/|mysql2$|mariadb$|better-sqlite3$)/;
/** An SQLite file held exclusively is the lock of the operating system; nothing is stored in it (ADR 0014). */
const LOCK_FILES = ['src/leases/node-lock.ts', 'src/simulator/state/state-lock.ts'];
const SIMULATOR_PACKAGES = ['libsignal', 'protobufjs', 'ws'];
/** What everything may use and what therefore knows no feature. */
const FOUNDATIONS = ['shared', 'config', 'database', 'http', 'generated'];

const FOLDER_RULES: readonly Rule[] = [
  {
    name: 'no cycles between files',
    instead: 'move what both need into a third file, or publish on the event bus and subscribe in app.ts',
    violations: (sources) => cycleViolations(fileGraph(edgesOf(sources))),
  },
  {
    name: 'no cycles between folders',
    instead: 'calls go down by import, news goes up by subscription: let app.ts connect the two folders',
    violations: (sources) => cycleViolations(folderGraph(edgesOf(sources))),
  },
  edgeRule({
    name: 'shared imports nothing of ours',
    instead: 'put the code into the feature that needs it, or pass what it needs as an argument',
    breaks: ({ from, target }) => inFolder(from, 'shared') && target !== null && !inFolder(target, 'shared'),
  }),
  edgeRule({
    name: 'http, config and database know no feature',
    instead: 'take a function or an interface as an option and let app.ts hand in the feature',
    breaks: ({ from, target }) =>
      inFolder(from, 'http', 'config', 'database') &&
      (target?.startsWith('src/') ?? false) &&
      !inFolder(target ?? '', ...FOUNDATIONS),
  }),
  edgeRule({
    name: 'only whatsapp imports Baileys',
    instead: 'use the port in src/whatsapp/socket.ts; extend it when it lacks something',
    breaks: (edge) => edge.package === '@whiskeysockets/baileys' && !inFolder(edge.from, 'whatsapp'),
  }),
  edgeRule({
    name: 'only wakeups and workers import BullMQ',
    instead: 'ring through the wakeups port; a job carries ids and times only',
    breaks: ({ from, package: name }) =>
      name === 'bullmq' && !from.startsWith('workers/') && !inFolder(from, 'wakeups'),
  }),
  edgeRule({
    name: 'only repositories and database know the database packages',
    instead: "put the query into the feature's -repository.ts, on the Database interface",
    breaks: ({ from, target, package: name }) =>
      (DATABASE_PACKAGES.test(name ?? '') || inFolder(target ?? '', 'generated')) &&
      !hasRole(from, 'repository') &&
      !inFolder(from, 'database') &&
      !LOCK_FILES.includes(from),
  }),
  edgeRule({
    name: 'only http, routes and the simulator import Fastify',
    instead: 'keep the rule in a service; a -routes.ts file translates between HTTP and the service',
    breaks: ({ from, package: name }) =>
      /^(fastify|@fastify\/.*)$/.test(name ?? '') &&
      !hasRole(from, 'routes') &&
      !inFolder(from, 'http', 'dashboard', 'simulator'),
  }),
  edgeRule({
    name: 'only schemas, http and config import zod',
    instead: 'declare the shape in a -schemas.ts file; services take plain types',
    breaks: ({ from, package: name }) =>
      /^(zod|fastify-type-provider-zod)$/.test(name ?? '') &&
      !hasRole(from, 'schemas') &&
      !hasRole(from, 'routes') &&
      !inFolder(from, 'http', 'config') &&
      !from.startsWith('src/simulator/control/'),
  }),
  edgeRule({
    name: 'the pages import only the pages',
    instead: 'write the shape of the API into ui/api; a test compares it with the schema of the server',
    breaks: ({ from, specifier, target, package: name }) =>
      inPages(from) &&
      (target === null
        ? specifier.startsWith('node:') || !PAGE_PACKAGES.includes(name ?? '')
        : !inPages(target)),
  }),
  edgeRule({
    name: 'the server imports nothing of the pages',
    instead: 'put what both need into the API: the pages run in a browser',
    breaks: ({ from, target }) => !inPages(from) && inPages(target ?? ''),
  }),
  edgeRule({
    name: 'repositories, schemas, routes and queues are private to their feature',
    instead: "call the other feature's service",
    breaks: ({ from, target }) =>
      target !== null &&
      PRIVATE_ROLES.some((role) => hasRole(target, role)) &&
      folderOf(target) !== 'http' &&
      folderOf(from) !== folderOf(target) &&
      !putsTogether(from),
  }),
  edgeRule({
    name: 'nothing imports workers, except entry points',
    instead: 'workers call services; put the rule into the service and wake the worker through wakeups',
    breaks: ({ from, target }) =>
      from.startsWith('src/') && !isEntryPoint(from) && (target?.startsWith('workers/') ?? false),
  }),
  edgeRule({
    name: 'the simulator imports only shared and itself',
    instead: 'write it again from the protocol: a judge that shares code with the judged proves nothing',
    breaks: ({ from, target }) =>
      inFolder(from, 'simulator') && target !== null && !inFolder(target, 'simulator', 'shared'),
  }),
  edgeRule({
    name: 'nothing imports the simulator',
    instead: 'start it as a process of its own, as src/sandbox.ts does; only tests import it',
    breaks: ({ from, target }) => inFolder(target ?? '', 'simulator') && !inFolder(from, 'simulator'),
  }),
  edgeRule({
    name: 'only the simulator imports protocol packages',
    instead: 'ask the port in src/whatsapp/socket.ts; Signal and protobuf work belongs to Baileys there',
    breaks: ({ from, package: name }) =>
      SIMULATOR_PACKAGES.includes(name ?? '') && !inFolder(from, 'simulator'),
  }),
];

/** Code that runs for users needs nothing that only developers install. */
function productionRule(manifest: Manifest): Rule {
  const packages = { ...manifest.dependencies, ...manifest.optionalDependencies };
  return edgeRule({
    name: 'production code imports neither tests nor development packages',
    instead: 'move the code into src/, or the package into dependencies of package.json',
    breaks: ({ from, target, package: name }) =>
      !(inPages(from) && PAGE_PACKAGES.includes(name ?? '')) &&
      (/^(test|bench|\.ci)\//.test(target ?? '') || (name !== null && !(name in packages))),
  });
}

interface EdgeRule {
  readonly name: string;
  readonly instead: string;
  breaks(edge: Edge): boolean;
}

/** A rule on single imports of production code. */
function edgeRule({ name, instead, breaks }: EdgeRule): Rule {
  return {
    name,
    instead,
    violations: (sources) =>
      edgesOf(sources.filter(({ path }) => product(path)))
        .filter(breaks)
        .map(({ from, line, specifier }) => ({ where: `${from}:${line}`, what: `imports ${specifier}` })),
  };
}

function cycleViolations(graph: ReadonlyMap<string, ReadonlySet<string>>): Violation[] {
  return cyclesOf(graph).map((cycle) => ({ where: cycle[0] ?? '', what: cycle.join(' -> ') }));
}
