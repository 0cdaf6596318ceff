import { createHash } from 'node:crypto';
import type { WaMessageId } from '../shared/ids.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_DIGITS = 10;
const HASH_DIGITS = 15;

/** The ids of the message a turn sends at this place of its answer. */
export interface ReplyIds {
  /** Sorts by the time of the turn, then by the place. */
  readonly id: string;
  readonly waMessageId: WaMessageId;
}

/** The same for every attempt of the turn, in whichever process: a second one meets the rows of the first. */
export function replyIds(turnId: string, index: number): ReplyIds {
  const turn = createHash('sha256').update(`chatbot turn ${turnId}`).digest();
  const hash = [...turn.subarray(0, HASH_DIGITS)].map((byte) => CROCKFORD[byte & 31]).join('');
  const message = createHash('sha256').update(`chatbot reply ${turnId} ${index}`).digest();
  return {
    id: `${turnId.slice(0, TIME_DIGITS)}${hash}${CROCKFORD[index & 31]}`,
    waMessageId: `3EB0${message.subarray(0, 9).toString('hex').toUpperCase()}` as WaMessageId,
  };
}
