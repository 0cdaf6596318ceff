import type { Statement } from '../database/database.ts';
import type { MediaItemReader, MediaReading } from '../messages/media-item.ts';
import { createGroupTextItemReader, createTextItemReader, type ReadItem } from '../messages/text-item.ts';
import { toContentColumns } from '../outbox/outbox-content.ts';
import type { NewOutboxMessage, OnAmbiguous } from '../outbox/outbox-message.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DeviceId, Ids } from '../shared/ids.ts';
import type { Jid } from '../whatsapp/jid.ts';
import type { DefaultCountry } from '../whatsapp/phone-number.ts';
import type { JobKind, NewJob } from './job.ts';
import { type Duplicate, type IndexedItem, type ReadItems, type ReadyItem, readItems } from './job-items.ts';
import type { JobDevices, JobOutbox, JobWarning, WarningsFor } from './job-ports.ts';
import type { JobRepository } from './job-repository.ts';

/** A job as somebody asks for it; the items have not been looked at. */
export interface JobRequest {
  readonly deviceId: DeviceId;
  readonly kind: JobKind;
  readonly items: readonly unknown[];
  /** With `group_media`: where all items go. */
  readonly group?: Jid | null;
  readonly name: string | null;
  /** The gap between two items in ms; null: 2 to 5 s at random. */
  readonly delayMs: number | null;
  readonly onAmbiguous: OnAmbiguous;
  /** What becomes of items that say the same to the same recipient. */
  readonly duplicates: 'once' | 'all';
}

/** What was accepted; goes through JSON. */
export interface AcceptedJob {
  readonly jobId: string;
  readonly deviceId: DeviceId;
  readonly status: 'queued';
  /** Items that will be sent. */
  readonly total: number;
  readonly duplicateCount: number;
  /** The first thousand of them. */
  readonly duplicates: Duplicate[];
  readonly warnings: JobWarning[];
}

interface JobIntakeDeps {
  devices: JobDevices;
  jobs: Pick<JobRepository, 'insertion'>;
  outbox: Pick<JobOutbox, 'accept'>;
  readMedia: MediaItemReader;
  warningsFor: WarningsFor;
  ids: Ids;
  clock: Clock;
  defaultCountry: DefaultCountry;
}

export type JobIntake = ReturnType<typeof createJobIntake>;

/** Lists in answers end here; the counts beside them do not. */
const MOST_LISTED = 1_000;

/** Turns requests into jobs. */
export function createJobIntake(deps: JobIntakeDeps) {
  const { devices, jobs, outbox, ids, clock } = deps;
  const readers: Record<'text' | 'group_text', ReadItem> = {
    text: createTextItemReader(deps.defaultCountry),
    group_text: createGroupTextItemReader(),
  };

  const deviceOf = async (deviceId: DeviceId) => {
    const device = await devices.find(deviceId);
    if (!device) throw new AppError('DEVICE_NOT_FOUND', { deviceId });
    return device;
  };

  return {
    /** Throws DEVICE_NOT_FOUND. */
    deviceOf,

    /** What `accept` would say of texts, and of their recipients; nothing is stored. Throws DEVICE_NOT_FOUND. */
    async check(asked: Pick<JobRequest, 'deviceId' | 'items' | 'delayMs'> & { kind: 'text' | 'group_text' }) {
      const device = await deviceOf(asked.deviceId);
      const read = readers[asked.kind];
      const { items, duplicates, problems, invalidCount } = await readItems(asked.items, {
        read,
        duplicates: 'once',
      });
      const planned = { recipients: items.map(({ to }) => to), delayMs: asked.delayMs };
      return {
        total: items.length,
        invalidCount,
        problems: problems.slice(0, MOST_LISTED),
        duplicateCount: duplicates.length,
        duplicates: duplicates.slice(0, MOST_LISTED),
        warnings: await deps.warningsFor(device, planned),
      };
    },

    /**
     * Stores a job with all its items and `beside(accepted, jobId)` in one transaction; afterwards it runs by itself.
     * Throws DEVICE_NOT_FOUND, and VALIDATION_FAILED with every bad item in its details; then nothing is stored.
     */
    async accept(
      request: JobRequest,
      beside: (accepted: AcceptedJob, jobId: string) => readonly Statement[] = () => [],
    ): Promise<AcceptedJob> {
      const { deviceId, kind, name, delayMs, onAmbiguous } = request;
      const device = await deviceOf(deviceId);
      const read = await readAll(request);
      if (read.invalidCount > 0) throw invalidItems(read);
      const { items, duplicates } = read;
      const total = items.length;
      const job: NewJob = { id: ids.next(), deviceId, kind, name, total, delayMs, onAmbiguous };
      const accepted: AcceptedJob = {
        jobId: job.id,
        deviceId,
        status: 'queued',
        total,
        duplicateCount: duplicates.length,
        duplicates: duplicates.slice(0, MOST_LISTED),
        warnings: await deps.warningsFor(device, { recipients: items.map(({ to }) => to), delayMs }),
      };
      const dueAt = clock.now();
      const messages = items.map((item) => toMessage(item, job, dueAt));
      await outbox.accept(messages, { beside: [jobs.insertion(job), ...beside(accepted, job.id)] });
      return accepted;
    },
  };

  async function readAll({
    deviceId,
    kind,
    items,
    group = null,
    duplicates,
  }: JobRequest): Promise<ReadItems> {
    if (kind === 'text' || kind === 'group_text')
      return readItems(items, { read: readers[kind], duplicates });
    const files = await deps.readMedia(items, { deviceId, group });
    return readItems(files, { read: toReady, duplicates });
  }

  function toMessage(
    { index, to, text, content = { kind: 'text', text } }: IndexedItem,
    job: NewJob,
    dueAt: Date,
  ): NewOutboxMessage {
    return {
      id: ids.next(),
      deviceId: job.deviceId,
      waMessageId: ids.nextWaMessageId(),
      to,
      ...toContentColumns(content),
      source: 'job',
      jobId: job.id,
      itemIndex: index,
      dueAt,
      delayMs: job.delayMs,
      onAmbiguous: job.onAmbiguous,
      expiresAt: null,
    };
  }
}

/** The same file with the same words is the same message. */
function toReady(item: MediaReading): ReadyItem | Extract<MediaReading, { problems: unknown }> {
  if ('problems' in item) return item;
  const { to, content } = item;
  const what = 'media' in content ? [content.kind, content.media.blob, content.caption] : [content];
  return { to, content, text: JSON.stringify(what) };
}

function invalidItems({ problems, invalidCount }: ReadItems): AppError {
  return new AppError('VALIDATION_FAILED', {
    invalidCount,
    items: problems.slice(0, MOST_LISTED),
    omitted: Math.max(0, problems.length - MOST_LISTED),
  });
}
