import { z } from 'zod';
import { FAULT_KINDS, type FaultField } from './fault-kinds.ts';
import { PhoneNumber } from './sandbox-schemas.ts';

const anyFault = {
  target: z
    .strictObject({
      phoneNumber: PhoneNumber.optional(),
      device: z.number().int().min(0).max(255).optional(),
      messageId: z.string().min(1).max(64).optional(),
    })
    .optional()
    .describe('whom it meets; everybody without it'),
  times: z.number().int().min(1).max(1_000_000).optional().describe('strikes, then the fault is gone'),
  probability: z.number().gt(0).max(1).optional(),
};

const [first, ...others] = FAULT_KINDS.map(({ kind, fields }) =>
  z.strictObject({ kind: z.literal(kind), ...anyFault, ...shapeOf(fields) }),
);
if (!first) throw new Error('the table of faults is empty');

/** A fault as a caller causes it: what its kind takes, and no more. */
export const FaultBody = z.discriminatedUnion('kind', [first, ...others]);

export const FaultParams = z.object({
  faultId: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'the id of a fault'),
});

const Field = z.object({
  name: z.string(),
  type: z.enum(['integer', 'choice', 'code']),
  required: z.boolean(),
  min: z.number().optional(),
  max: z.number().optional(),
  choices: z.array(z.string()).readonly().optional(),
});

const FaultKindSchema = z
  .object({ kind: z.string(), fields: z.array(Field) })
  .meta({ id: 'SandboxFaultKind' });

/** As the simulator tells of it; `fault` is what was asked for. */
const ArmedFault = z
  .object({ id: z.string(), strikes: z.number().int(), fault: z.looseObject({ kind: z.string() }) })
  .meta({ id: 'SandboxFault' });

export const SimulatedFaults = z.object({ faults: z.array(ArmedFault) });
export const CausedSchema = z.object({ id: z.string() });
export const FaultListSchema = z.object({
  items: z.array(ArmedFault),
  total: z.number().int(),
  kinds: z.array(FaultKindSchema).describe('what can be caused, with the fields of each'),
});

/** The shape of each field a kind takes beside those that all take. */
function shapeOf(fields: readonly FaultField[]): Record<string, z.ZodType<string | number | undefined>> {
  return Object.fromEntries(
    fields.map((field) => [field.name, field.required ? typeOf(field) : typeOf(field).optional()]),
  );
}

function typeOf(field: FaultField): z.ZodType<string | number> {
  switch (field.type) {
    case 'integer':
      return z.number().int().min(field.min).max(field.max);
    case 'choice':
      return z.enum(field.choices);
    case 'code':
      return z.string().regex(/^\d{3}$/, 'three digits');
  }
}
