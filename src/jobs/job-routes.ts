import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RoutePlugin } from '../http/fastify.ts';
import { answerOnce, type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import { DeviceParams, envelope } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import type { AcceptedJob, JobIntake, JobRequest } from './job-intake.ts';
import * as schemas from './job-schemas.ts';

interface JobRoutesOptions {
  jobIntake: JobIntake;
  idempotency: Idempotency;
}

/** Ten thousand long texts are more than other requests may carry. In bytes. */
const JOB_BODY_LIMIT = 32 * 1024 * 1024;

/** Asking for jobs: many messages in one request, sent one after the other. */
export const jobRoutes: RoutePlugin<JobRoutesOptions> = async (app, { jobIntake, idempotency }) => {
  app.post('/devices/:deviceId/jobs/send-text', sendTextJob, async (request, reply) => {
    const { messages, ...options } = request.body;
    const { deviceId } = request.params;
    return accept(request, reply, { deviceId, kind: 'text', items: messages, ...toRequest(options) });
  });

  app.post('/devices/:deviceId/jobs/send-group-message', sendGroupJob, async (request, reply) => {
    const { items, ...options } = request.body;
    const { deviceId } = request.params;
    return accept(request, reply, { deviceId, kind: 'group_text', items, ...toRequest(options) });
  });

  app.post('/devices/:deviceId/jobs/send-media', sendMediaJob, async () => {
    throw new AppError('MEDIA_NOT_AVAILABLE');
  });

  app.post('/devices/:deviceId/groups/:groupId/jobs/send-media', sendGroupMediaJob, async () => {
    throw new AppError('MEDIA_NOT_AVAILABLE');
  });

  async function accept(request: FastifyRequest, reply: FastifyReply, asked: JobRequest) {
    const { status, body } = await answerOnce(
      { request, reply, idempotency },
      {
        accept: (beside) => jobIntake.accept(asked, beside),
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

const NOT_YET = 'Not available in this version: answers MEDIA_NOT_AVAILABLE and accepts nothing.';

const sendMediaJob = {
  ...common,
  schema: { ...sending, operationId: 'createMediaJob', description: NOT_YET, body: schemas.MediaJobBody },
} as const;

const sendGroupMediaJob = {
  ...common,
  schema: {
    ...sending,
    operationId: 'createGroupMediaJob',
    description: NOT_YET,
    params: schemas.GroupParams,
    body: schemas.GroupMediaJobBody,
  },
} as const;
