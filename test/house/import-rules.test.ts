import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importRules, type Manifest } from './import-rules.ts';
import { PROJECT_ROOT, parseSource, readSources } from './source-file.ts';

const manifest: Manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
const rules = importRules(manifest);
const sources = readSources(['src', 'workers', 'test']);

describe('the import rules of docs/architecture.md', () => {
  it.each(rules)('$name', ({ violations, instead }) => {
    const report = violations(sources).map(({ where, what }) => `${where} ${what}: ${instead}`);
    expect(report).toEqual([]);
  });
});

/** For every rule a small project that breaks it, and one that just keeps it. */
const planted: Record<string, { breaks: Record<string, string>; keeps: Record<string, string> }> = {
  'no cycles between files': {
    breaks: {
      'src/devices/a.ts': "import { b } from './b.ts';",
      'src/devices/b.ts': "import type { C } from './c.ts';",
      'src/devices/c.ts': "export { a } from './a.ts';",
    },
    keeps: {
      'src/devices/a.ts': "import { b } from './b.ts'; import { c } from './c.ts';",
      'src/devices/b.ts': "import { c } from './c.ts';",
      'src/devices/c.ts': '',
    },
  },
  'no cycles between folders': {
    breaks: {
      'src/devices/a.ts': "import { b } from '../messages/b.ts';",
      'src/messages/c.ts': "export type D = import('../devices/d.ts').D;",
    },
    keeps: {
      'src/app.ts': "import { a } from './devices/a.ts';",
      'src/messages/c.ts': "import { a } from '../devices/a.ts';",
    },
  },
  'shared imports nothing of ours': {
    breaks: { 'src/shared/a.ts': "import type { Device } from '../devices/device.ts';" },
    keeps: { 'src/shared/a.ts': "import { b } from './b.ts'; import { pino } from 'pino';" },
  },
  'http, config and database know no feature': {
    breaks: { 'src/http/server.ts': "import { find } from '../access/key-service.ts';" },
    keeps: {
      'src/http/server.ts': "import { AppError } from '../shared/errors.ts';",
      'src/config/version.ts': "import manifest from '../../package.json' with { type: 'json' };",
    },
  },
  'the pages import only the pages': {
    breaks: { 'src/dashboard/ui/a.tsx': "import { SCOPES } from '../../http/scopes.ts';" },
    keeps: {
      'src/dashboard/ui/a.tsx':
        "import { b } from './b.ts'; import { render } from 'preact'; import './a.css';",
    },
  },
  'the server imports nothing of the pages': {
    breaks: { 'src/dashboard/dashboard-routes.ts': "import { a } from './ui/a.ts';" },
    keeps: { 'src/dashboard/ui/b.ts': "import { a } from './a.ts';" },
  },
  'only whatsapp imports Baileys': {
    breaks: { 'src/devices/a.ts': "const b = await import('@whiskeysockets/baileys');" },
    keeps: { 'src/whatsapp/a.ts': "import { proto } from '@whiskeysockets/baileys/WAProto/index.js';" },
  },
  'only wakeups and workers import BullMQ': {
    breaks: { 'src/jobs/job-queue.ts': "import { Queue } from 'bullmq';" },
    keeps: {
      'src/wakeups/bullmq-wakeups.ts': "import { Queue } from 'bullmq';",
      'workers/a.ts': "import { Worker } from 'bullmq';",
    },
  },
  'only repositories and database know the database packages': {
    breaks: {
      'src/devices/device-service.ts': "import { PrismaClient } from '../generated/sqlite/client.ts';",
    },
    keeps: {
      'src/devices/device-repository.ts': "import type { Device } from '../generated/sqlite/client.ts';",
      'src/database/mysql.ts': "import { createPool } from 'mysql2/promise';",
    },
  },
  'only http, routes and the simulator import Fastify': {
    breaks: { 'src/devices/device-service.ts': "import type { FastifyRequest } from 'fastify';" },
    keeps: {
      'src/devices/device-routes.ts': "import type { FastifyRequest } from 'fastify';",
      'src/http/server.ts': "import helmet from '@fastify/helmet';",
    },
  },
  'only schemas, http and config import zod': {
    breaks: { 'src/devices/device-service.ts': "import { z } from 'zod';" },
    keeps: { 'src/devices/device-schemas.ts': "import { z } from 'zod';" },
  },
  'repositories, schemas, routes and queues are private to their feature': {
    breaks: { 'src/messages/message-service.ts': "import { a } from '../devices/device-repository.ts';" },
    keeps: {
      'src/app.ts': "import { a } from './devices/device-repository.ts';",
      'src/devices/device-service.ts': "import { a } from './device-repository.ts';",
      'src/messages/message-schemas.ts': "import { a } from '../http/schemas.ts';",
    },
  },
  'nothing imports workers, except entry points': {
    breaks: { 'src/outbox/a.ts': "import { a } from '../../workers/outbox-worker.ts';" },
    keeps: { 'src/main.ts': "import { a } from '../workers/main.ts';" },
  },
  'the simulator imports only shared and itself': {
    breaks: { 'src/simulator/phone/a.ts': "import { toJid } from '../../whatsapp/jid.ts';" },
    keeps: { 'src/simulator/phone/a.ts': "import { a } from '../core.ts'; import '../../shared/ids.ts';" },
  },
  'nothing imports the simulator': {
    breaks: { 'src/sandbox.ts': "const { start } = await import('./simulator/start.ts');" },
    keeps: { 'test/simulator/a.test.ts': "import { start } from '../../src/simulator/start.ts';" },
  },
  'only the simulator imports protocol packages': {
    breaks: { 'src/whatsapp/a.ts': "import libsignal from 'libsignal';" },
    keeps: { 'src/simulator/wire/a.ts': "import protobuf from 'protobufjs/minimal.js';" },
  },
  'production code imports neither tests nor development packages': {
    breaks: {
      'src/devices/a.ts': "import { a } from '../../test/fakes/a.ts';",
      'src/devices/b.ts': "import { vi } from 'vitest';",
    },
    keeps: {
      'src/devices/a.ts': "import { z } from 'pino'; import 'node:fs';",
      'test/a.ts': "import 'vitest';",
    },
  },
};

describe('a planted violation', () => {
  const parse = (files: Record<string, string>) =>
    Object.entries(files).map(([path, text]) => parseSource(path, text));

  it.each(rules)('of "$name" is found, and its neighbour is not', ({ name, violations }) => {
    const { breaks, keeps } = planted[name] ?? {};
    expect(violations(parse(breaks ?? {})).length).toBeGreaterThan(0);
    expect(violations(parse(keeps ?? {}))).toEqual([]);
    expect(Object.keys(keeps ?? {})).not.toEqual([]);
  });
});
