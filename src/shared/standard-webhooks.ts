import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from './random.ts';

/** What is signed together: the id stays the same on every attempt, the time is that of the attempt. */
export interface SignedContent {
  readonly id: string;
  readonly at: Date;
  /** Exactly what goes on the wire. */
  readonly body: string;
}

/** The three headers of the Standard Webhooks specification. */
export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

const SECRET_PREFIX = 'whsec_';
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32;

/** A new secret as receivers are given it: `whsec_` and base64. */
export function newWebhookSecret(random: Random): string {
  return SECRET_PREFIX + random.bytes(SECRET_BYTES).toString('base64');
}

/** Signs with every secret, the current one first, so that during a rotation either is enough to verify. */
export function signWebhook(
  { id, at, body }: SignedContent,
  secrets: readonly [string, ...string[]],
): WebhookHeaders {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => `v1,${digest(`${id}.${timestamp}.${body}`, secret)}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** Whether one of the signatures was made with `secret`. The age of the timestamp is for the caller to judge. */
export function isSignedWith(secret: string, headers: WebhookHeaders, body: string): boolean {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = Buffer.from(`v1,${digest(content, secret)}`);
  return headers['webhook-signature'].split(' ').some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

function digest(content: string, secret: string): string {
  const key = Buffer.from(
    secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret,
    'base64',
  );
  return createHmac('sha256', key).update(content).digest('base64');
}
