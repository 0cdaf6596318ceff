import type { FastifyRequest } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { Job } from './job.ts';
import type { JobControl } from './job-control.ts';
import type { JobReader } from './job-reader.ts';
import * as schemas from './job-schemas.ts';

interface JobControlRoutesOptions {
  jobReader: JobReader;
  jobControl: JobControl;
}

/** Steering jobs under way. */
export const jobControlRoutes: RoutePlugin<JobControlRoutesOptions> = async (
  app,
  { jobReader, jobControl },
) => {
  app.post('/jobs/:jobId/cancel', controlOf('cancelJob'), async (request) => {
    const job = await jobControl.cancel(await jobOf(request, request.params.jobId));
    return answer(request, job, 'Job cancelled');
  });

  app.post('/jobs/:jobId/pause', controlOf('pauseJob'), async (request) => {
    const job = await jobControl.pause(await jobOf(request, request.params.jobId));
    return answer(request, job, 'Job paused');
  });

  app.post('/jobs/:jobId/resume', controlOf('resumeJob'), async (request) => {
    const job = await jobControl.resume(await jobOf(request, request.params.jobId));
    return answer(request, job, 'Job resumed');
  });

  app.post('/jobs/:jobId/retry', retryJob, async (request) => {
    const { job, retried } = await jobControl.retry(await jobOf(request, request.params.jobId));
    return ok(request, { retried, job: await jobReader.view(job) }, `${retried} items queued again`);
  });

  const jobOf = (request: FastifyRequest, jobId: string) => jobReader.get(jobId, request.access.mayUse);

  async function answer(request: FastifyRequest, job: Job, message: string) {
    return ok(request, await jobReader.view(job), message);
  }
};

const sending = { config: { scope: 'message:send' } } as const;
const tags = ['Jobs'];

function controlOf(operationId: string) {
  return {
    ...sending,
    schema: {
      operationId,
      tags,
      params: schemas.JobParams,
      response: { 200: envelope(schemas.JobSchema) },
    },
  } as const;
}

const retryJob = {
  ...sending,
  schema: {
    operationId: 'retryJob',
    tags,
    description: 'Queues the items that failed again, each under its WhatsApp message id of before.',
    params: schemas.JobParams,
    response: { 200: envelope(schemas.RetriedJobSchema) },
  },
} as const;
