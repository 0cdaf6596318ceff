import { createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import type { proto } from '@whiskeysockets/baileys';
import type { WaMessageId } from '../shared/ids.ts';
import type { Jid } from './jid.ts';

/** A vote as it came: readable for whoever has the secret of its poll. */
export interface SealedVote {
  readonly payload: Uint8Array;
  readonly iv: Uint8Array;
  /** When the voter's device says it was given; null where it does not say. */
  readonly at: Date | null;
}

/** The poll a vote is for, and who may have made it and voted; everybody under all addresses they are known by. */
export interface VoteSeal {
  readonly pollId: WaMessageId;
  /** 32 bytes, from the message that brought the poll. */
  readonly secret: Uint8Array;
  readonly creators: readonly Jid[];
  readonly voters: readonly Jid[];
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const HASH_BYTES = 32;
/** Far more than the hashes of all options a poll can have. */
const MOST_PAYLOAD = 4_096;
/** `repeated bytes selectedOptions = 1` of WAProto's PollVoteMessage. */
const OPTION_TAG = 0x0a;

/** Null when something is missing or has a size no vote has. */
export function readSealedVote({
  vote,
  senderTimestampMs,
}: proto.Message.IPollUpdateMessage): SealedVote | null {
  const { encPayload: payload, encIv: iv } = vote ?? {};
  if (!payload || payload.length < TAG_BYTES || payload.length > MOST_PAYLOAD) return null;
  if (iv?.length !== IV_BYTES) return null;
  const at = Number(senderTimestampMs?.toString());
  return { payload, iv, at: Number.isSafeInteger(at) && at > 0 ? new Date(at) : null };
}

/**
 * The SHA-256 (hex) of each option that was chosen; null when nobody of those named sealed it. Both addresses are part of the key
 * (protocol fact, also in the library's `decryptPollVote`), and people are named by number in some chats and by hidden id in others, so
 * all pairs are tried.
 */
export function openVote(sealed: SealedVote, seal: VoteSeal): readonly string[] | null {
  for (const creator of seal.creators) {
    for (const voter of seal.voters) {
      const plaintext = decrypt(sealed, seal, { creator, voter });
      if (plaintext) return readOptions(plaintext);
    }
  }
  return null;
}

/** How a vote names an option. */
export function hashOfOption(option: string): string {
  return createHash('sha256').update(option).digest('hex');
}

function decrypt(
  { payload, iv }: SealedVote,
  { pollId, secret }: VoteSeal,
  { creator, voter }: { creator: Jid; voter: Jid },
): Buffer | null {
  const key = hkdfSync(
    'sha256',
    secret,
    Buffer.alloc(KEY_BYTES),
    `${pollId}${creator}${voter}Poll Vote`,
    KEY_BYTES,
  );
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key), iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(`${pollId}\0${voter}`)).setAuthTag(payload.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(payload.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}

/** Null for what is no list of hashes. */
function readOptions(plaintext: Buffer): readonly string[] | null {
  const hashes: string[] = [];
  for (let at = 0; at < plaintext.length; at += 2 + HASH_BYTES) {
    if (plaintext[at] !== OPTION_TAG || plaintext[at + 1] !== HASH_BYTES) return null;
    const hash = plaintext.subarray(at + 2, at + 2 + HASH_BYTES);
    if (hash.length < HASH_BYTES) return null;
    hashes.push(hash.toString('hex'));
  }
  return hashes;
}
