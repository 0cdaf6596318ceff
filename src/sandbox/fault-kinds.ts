interface NamedField {
  readonly name: string;
  readonly required: boolean;
}

/** What a kind of fault takes beside target, times and probability. A `code` is a text of three digits. */
export type FaultField = NamedField &
  (
    | { readonly type: 'integer'; readonly min: number; readonly max: number }
    | { readonly type: 'choice'; readonly choices: readonly string[] }
    | { readonly type: 'code' }
  );

export interface FaultKind {
  readonly kind: string;
  readonly fields: readonly FaultField[];
}

const session: FaultField = { name: 'at', required: true, type: 'choice', choices: ['login', 'message'] };
const transfer: FaultField = { name: 'at', required: true, type: 'choice', choices: ['upload', 'download'] };
const code = (name: string, required = true): FaultField => ({ name, required, type: 'code' });
const integer = (name: string, [min, max]: readonly [number, number], required = true): FaultField => ({
  name,
  required,
  type: 'integer',
  min,
  max,
});
const level: FaultField = {
  name: 'level',
  required: true,
  type: 'choice',
  choices: ['FIRST_WARNING', 'SECOND_WARNING', 'CAPPED'],
};

const TEN_MINUTES_MS = 600_000;
const YEAR_SECONDS = 31_536_000;
const httpError = [400, 599] as const;

/** What the simulator can do wrong on request; docs/simulator.md says what each does. A test compares it with the simulator. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { kind: 'cut-before-ack', fields: [] },
  { kind: 'cut-after-ack', fields: [] },
  { kind: 'delay-ack', fields: [integer('delayMs', [1, TEN_MINUTES_MS])] },
  { kind: 'nack', fields: [code('code')] },
  { kind: 'reachout-lock', fields: [integer('seconds', [1, YEAR_SECONDS])] },
  { kind: 'message-cap', fields: [level] },
  { kind: 'no-ack', fields: [] },
  { kind: 'swallow', fields: [] },
  { kind: 'stream-error', fields: [session, code('code', false)] },
  { kind: 'conflict-replaced', fields: [session] },
  { kind: 'login-failure', fields: [code('reason')] },
  {
    kind: 'http-status',
    fields: [integer('status', httpError), integer('retryAfterSeconds', [0, 86_400], false)],
  },
  { kind: 'no-certificate', fields: [] },
  { kind: 'qr-references', fields: [integer('count', [0, 6])] },
  { kind: 'silence', fields: [session] },
  { kind: 'drop-tcp', fields: [session] },
  { kind: 'delay-offline', fields: [integer('delayMs', [1, TEN_MINUTES_MS])] },
  { kind: 'duplicate-delivery', fields: [] },
  { kind: 'reorder-delivery', fields: [] },
  { kind: 'corrupt-ciphertext', fields: [] },
  { kind: 'media-refused', fields: [transfer, integer('status', httpError)] },
  { kind: 'media-slow', fields: [transfer, integer('bytesPerSecond', [1, 1_000_000_000])] },
  { kind: 'media-cut', fields: [transfer, integer('afterBytes', [0, 2_147_483_648], false)] },
  { kind: 'media-corrupt', fields: [transfer] },
];
