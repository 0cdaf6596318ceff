import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptFiles } from '../http/body-files.ts';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { answerOnce, type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import type { MediaIntake } from '../media/media-intake.ts';
import { parseGroup } from '../whatsapp/recipient.ts';
import type { AcceptedJob, JobIntake, JobRequest } from './job-intake.ts';
import * as schemas from './job-schemas.ts';

interface JobRoutesOptions {
  jobIntake: JobIntake;
  mediaIntake: MediaIntake;
  idempotency: Idempotency;
  /** A text for each member of a recipient list. Throws RECIPIENT_LIST_NOT_FOUND. */
  listMessages(listId: number, template: string): Promise<readonly { to: string; message: string }[]>;
}

/** Ten thousand long texts are more than other requests may carry. In bytes. */
const JOB_BODY_LIMIT = 32 * 1024 * 1024;

/** Asking for jobs: many messages in one request, sent one after the other. */
export const jobRoutes: RoutePlugin<JobRoutesOptions> = async (app, options) => {
  const { jobIntake, idempotency, listMessages } = options;

  app.post('/devices/:deviceId/jobs/send-text', sendTextJob, async (request, reply) => {
    const { messages, listId = 0, message = '', ...options } = request.body;
    const { deviceId } = request.params;
    const asked = { deviceId, kind: 'text' as const, ...toRequest(options) };
    return accept(request, reply, async () => ({
      ...asked,
      items: messages ?? (await listMessages(listId, message)),
    }));
  });

  app.post('/devices/:deviceId/jobs/send-group-message', sendGroupJob, async (request, reply) => {
    const { items, ...options } = request.body;
    const { deviceId } = request.params;
    const asked = { deviceId, kind: 'group_text' as const, items, ...toRequest(options) };
    return accept(request, reply, async () => asked);
  });

  app.post('/devices/:deviceId/jobs/check', checkJob, async (request) => {
    const { kind, items, delay } = request.body;
    const delayMs = delay === undefined ? null : Math.round(delay * 1000);
    const { deviceId } = request.params;
    return ok(request, await jobIntake.check({ deviceId, kind, items, delayMs }));
  });

  app.register(async (scope: typeof app) => {
    await acceptFiles(scope, options.mediaIntake);

    scope.post('/devices/:deviceId/jobs/send-media', sendMediaJob, async (request, reply) => {
      const { items, ...options } = request.body;
      const { deviceId } = request.params;
      const asked = { deviceId, kind: 'media' as const, items, ...toRequest(options) };
      return accept(request, reply, async () => asked);
    });

    scope.post(
      '/devices/:deviceId/groups/:groupId/jobs/send-media',
      sendGroupMediaJob,
      async (request, reply) => {
        const { items, ...options } = request.body;
        const { deviceId, groupId } = request.params;
        const group = parseGroup(groupId);
        const asked = { deviceId, kind: 'group_media' as const, items, group, ...toRequest(options) };
        return accept(request, reply, async () => asked);
      },
    );
  });

  async function accept(request: FastifyRequest, reply: FastifyReply, asked: () => Promise<JobRequest>) {
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: async (beside) => jobIntake.accept(await asked(), beside),
        answer: async (data: AcceptedJob) => ({ status: 202 as const, data, message: 'Job accepted' }),
      },
    );
    reply.code(status);
    return body;
  }
};

interface JobOptions {
  readonly delay?: number | undefined;
  readonly name?: string | undefined;
  readonly onAmbiguous: 'resend' | 'hold';
  readonly allowDuplicates: boolean;
}

function toRequest({ delay, name, onAmbiguous, allowDuplicates }: JobOptions) {
  return {
    name: name ?? null,
    delayMs: delay === undefined ? null : Math.round(delay * 1000),
    onAmbiguous,
    duplicates: allowDuplicates ? ('all' as const) : ('once' as const),
  };
}

const common = {
  config: { scope: 'message:send' },
  bodyLimit: JOB_BODY_LIMIT,
} as const;

const sending = {
  tags: ['Jobs'],
  params: DeviceParams,
  headers: SendingHeaders,
  response: { 202: envelope(schemas.AcceptedJobSchema) },
} as const;

const sendTextJob = {
  ...common,
  schema: {
    ...sending,
    operationId: 'createTextJob',
    description: 'Up to 10,000 texts, 32 MB. One bad item refuses the job; the answer lists all bad ones.',
    body: schemas.TextJobBody,
  },
} as const;

const sendGroupJob = {
  ...common,
  schema: {
    ...sending,
    operationId: 'createGroupTextJob',
    description: 'Up to 10,000 texts to groups, 32 MB.',
    body: schemas.GroupTextJobBody,
  },
} as const;

const sendMediaJob = {
  ...common,
  schema: {
    ...sending,
    operationId: 'createMediaJob',
    description:
      'Up to 10,000 files as base64 (32 MB) or from URLs, which are fetched before the answer, each once. One bad item refuses the job.',
    body: schemas.MediaJobBody,
  },
} as const;

const sendGroupMediaJob = {
  ...common,
  schema: {
    ...sending,
    operationId: 'createGroupMediaJob',
    description: 'As jobs/send-media, all to one group.',
    params: schemas.GroupParams,
    body: schemas.GroupMediaJobBody,
  },
} as const;

const checkJob = {
  ...common,
  config: { ...common.config, audited: false },
  schema: {
    operationId: 'checkJob',
    tags: ['Jobs'],
    description: 'What would be wrong with a job of texts, and what stands in its way; nothing is accepted.',
    params: DeviceParams,
    body: schemas.CheckJobBody,
    response: { 200: envelope(schemas.CheckedJobSchema) },
  },
} as const;
