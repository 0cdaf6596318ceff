import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { envelope } from '../http/schemas.ts';
import type { JobReader } from './job-reader.ts';
import * as schemas from './job-schemas.ts';

interface JobListRoutesOptions {
  jobReader: JobReader;
}

/** Reading jobs and their ledgers. */
export const jobListRoutes: RoutePlugin<JobListRoutesOptions> = async (app, { jobReader }) => {
  app.get('/jobs', listJobs, async (request) => {
    const { deviceId, status, ...paging } = request.query;
    const deviceIds = deviceId === undefined ? request.access.deviceIds : [deviceId];
    return ok(request, await jobReader.list({ deviceIds, status }, paging));
  });

  app.get('/jobs/:jobId', getJob, async (request) => {
    const job = await jobReader.get(request.params.jobId, request.access.mayUse);
    return ok(request, await jobReader.view(job));
  });

  app.get('/jobs/:jobId/items', listItems, async (request, reply) => {
    const { format, ...query } = request.query;
    const job = await jobReader.get(request.params.jobId, request.access.mayUse);
    if ((format ?? acceptedFormat(request.headers.accept)) === 'json') {
      return ok(request, await jobReader.items(job, query));
    }
    return sendCsv(reply, `job-${job.id}.csv`, jobReader.csv(job, query.status));
  });
};

/** Sends pieces as they come; the schema of the answer is for JSON. */
function sendCsv(reply: FastifyReply, fileName: string, pieces: AsyncIterable<string>) {
  reply.request.audited.isExport = true;
  reply.type('text/csv; charset=utf-8');
  reply.header('content-disposition', `attachment; filename="${fileName}"`);
  return reply.send(Readable.from(pieces, { objectMode: false }));
}

function acceptedFormat(accept: string | undefined): 'json' | 'csv' {
  return accept?.includes('text/csv') && !accept.includes('application/json') ? 'csv' : 'json';
}

const reading = { config: { scope: 'message:read' } } as const;
const tags = ['Jobs'];

const listJobs = {
  ...reading,
  schema: {
    operationId: 'listJobs',
    tags,
    querystring: schemas.ListJobsQuery,
    response: { 200: envelope(schemas.JobListSchema) },
  },
} as const;

const getJob = {
  ...reading,
  schema: {
    operationId: 'getJob',
    tags,
    params: schemas.JobParams,
    response: { 200: envelope(schemas.JobSchema) },
  },
} as const;

const listItems = {
  ...reading,
  schema: {
    operationId: 'listJobItems',
    tags,
    description: 'The ledger, in the order of the items; as JSON in pages, or whole as CSV.',
    params: schemas.JobParams,
    querystring: schemas.ListItemsQuery,
    response: { 200: envelope(schemas.JobItemListSchema) },
  },
} as const;
