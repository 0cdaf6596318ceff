import type { WireNode } from '../node.ts';
import type { Origin, ServerContext } from './context.ts';
import type { IqOutcome } from './iq-outcome.ts';
import { childrenOf, node, resultOf } from './stanza.ts';

/** Seconds a client may keep the list of media hosts. */
const MEDIA_TTL = '300';
const MAX_MEDIA_BYTES = String(100 * 1024 * 1024);

/** Requests that only want to hear that they arrived: ping, statistics, dirty bits. */
export function answerVoid(_context: ServerContext, _origin: Origin, iq: WireNode): IqOutcome {
  return { answer: resultOf(iq) };
}

/** `abt`: experiments; there are none. */
export function answerProps(_context: ServerContext, _origin: Origin, iq: WireNode): IqOutcome {
  const props = node('props', { protocol: '1', hash: 'none', refresh: '86400', refresh_id: '1' }, []);
  return { answer: resultOf(iq, [props]) };
}

/** `w:m`: where media go. */
export function answerMediaConnection(context: ServerContext, _origin: Origin, iq: WireNode): IqOutcome {
  const hosts = context.mediaHosts.map((hostname) =>
    node('host', { hostname, maxContentLengthBytes: MAX_MEDIA_BYTES }),
  );
  const auth = context.random.bytes(16).toString('base64url');
  const connection = node(
    'media_conn',
    { auth, ttl: MEDIA_TTL, auth_ttl: MEDIA_TTL, max_buckets: '12' },
    hosts,
  );
  return { answer: resultOf(iq, [connection]) };
}

/** The questions of `w:mex` that a fault may answer otherwise, by their ids. */
const REACHOUT_QUERY = '23983697327930364';
const CAPPING_QUERY = '24503548349331633';

/** `w:mex`: the answers a client in good standing gets, whatever the question. */
export function answerMex(context: ServerContext, origin: Origin, iq: WireNode): IqOutcome {
  const question = childrenOf(iq)[0]?.attrs.query_id;
  const data = {
    xwa2_fetch_account_reachout_timelock:
      question === REACHOUT_QUERY ? reachoutLock(context, origin) : { is_active: false },
    xwa2_message_capping_info: {
      capping_status: (question === CAPPING_QUERY && messageCap(context, origin)) || 'NONE',
    },
  };
  return { answer: resultOf(iq, [node('result', {}, Buffer.from(JSON.stringify({ data })))]) };
}

function reachoutLock({ faults, clock }: ServerContext, origin: Origin) {
  const fault = faults.strike(['reachout-lock'], subjectOf(origin));
  if (!fault) return { is_active: false };
  const ends = Math.floor(clock.now().getTime() / 1_000) + fault.seconds;
  return { is_active: true, time_enforcement_ends: String(ends), enforcement_type: 'BIZ_QUALITY' };
}

function messageCap({ faults }: ServerContext, origin: Origin): string | undefined {
  return faults.strike(['message-cap'], subjectOf(origin))?.level;
}

function subjectOf({ account, device }: Origin) {
  return { phoneNumber: account.phoneNumber, device };
}
