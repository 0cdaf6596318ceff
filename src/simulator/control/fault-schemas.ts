import { z } from 'zod';
import type { Fault } from '../faults/fault.ts';

const target = z
  .strictObject({
    phoneNumber: z
      .string()
      .regex(/^\d{5,20}$/)
      .optional(),
    device: z.int().min(0).max(255).optional(),
    messageId: z.string().min(1).max(64).optional(),
  })
  .optional();
const times = z.int().min(1).max(1_000_000).optional();
const probability = z.number().gt(0).max(1).optional();
const anyFault = { target, times, probability };

const at = z.enum(['login', 'message']);
const transfer = z.enum(['upload', 'download']);
const digits3 = z.string().regex(/^\d{3}$/, 'must be three digits');

function plain<Kind extends Fault['kind']>(kind: Kind) {
  return z.strictObject({ kind: z.literal(kind), ...anyFault });
}

/** A fault as a caller arms it; see docs/simulator.md for what each does. */
export const FaultBody = z.discriminatedUnion('kind', [
  plain('cut-before-ack'),
  plain('cut-after-ack'),
  z.strictObject({ kind: z.literal('delay-ack'), delayMs: z.int().min(1).max(600_000), ...anyFault }),
  z.strictObject({ kind: z.literal('nack'), code: digits3, ...anyFault }),
  z.strictObject({
    kind: z.literal('reachout-lock'),
    seconds: z.int().min(1).max(31_536_000),
    ...anyFault,
  }),
  z.strictObject({
    kind: z.literal('message-cap'),
    level: z.enum(['FIRST_WARNING', 'SECOND_WARNING', 'CAPPED']),
    ...anyFault,
  }),
  plain('no-ack'),
  plain('swallow'),
  z.strictObject({ kind: z.literal('stream-error'), at, code: digits3.optional(), ...anyFault }),
  z.strictObject({ kind: z.literal('conflict-replaced'), at, ...anyFault }),
  z.strictObject({
    kind: z.literal('login-failure'),
    reason: digits3,
    attributes: z.record(z.string().max(40), z.string().max(200)).optional(),
    ...anyFault,
  }),
  z.strictObject({
    kind: z.literal('http-status'),
    status: z.int().min(400).max(599),
    retryAfterSeconds: z.int().min(0).max(86_400).optional(),
    ...anyFault,
  }),
  plain('no-certificate'),
  z.strictObject({ kind: z.literal('qr-references'), count: z.int().min(0).max(6), ...anyFault }),
  z.strictObject({ kind: z.literal('silence'), at, ...anyFault }),
  z.strictObject({ kind: z.literal('drop-tcp'), at, ...anyFault }),
  z.strictObject({ kind: z.literal('delay-offline'), delayMs: z.int().min(1).max(600_000), ...anyFault }),
  plain('duplicate-delivery'),
  plain('reorder-delivery'),
  plain('corrupt-ciphertext'),
  z.strictObject({
    kind: z.literal('media-refused'),
    at: transfer,
    status: z.int().min(400).max(599),
    ...anyFault,
  }),
  z.strictObject({
    kind: z.literal('media-slow'),
    at: transfer,
    bytesPerSecond: z.int().min(1).max(1_000_000_000),
    ...anyFault,
  }),
  z.strictObject({
    kind: z.literal('media-cut'),
    at: transfer,
    afterBytes: z.int().min(0).max(2_147_483_648).optional(),
    ...anyFault,
  }),
  z.strictObject({ kind: z.literal('media-corrupt'), at: transfer, ...anyFault }),
]);

export const FaultParams = z.object({ faultId: z.string().regex(/^[\w-]{1,64}$/) });

/** Absent and undefined mean the same in JSON, so what was left out is really left out. */
export function toFault(body: z.output<typeof FaultBody>): Fault {
  return JSON.parse(JSON.stringify(body));
}
