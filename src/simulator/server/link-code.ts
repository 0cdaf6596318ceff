import type { WireNode } from '../node.ts';
import { parseDeviceAddress } from '../wire/jid.ts';
import type { Candidate, LinkCodeStep } from './candidate.ts';
import type { ServerContext } from './context.ts';

import { bytesOf, childOf, errorOf, node, resultOf, SERVER_JID, seconds, textOf } from './stanza.ts';

const REF_BYTES = 24;

/** `link_code_companion_reg` of a companion: announces its code (`companion_hello`), or answers the phone (`companion_finish`). */
export function answerLinkCode(context: ServerContext, waiting: Candidate, iq: WireNode): WireNode | null {
  const step = childOf(iq, 'link_code_companion_reg');
  if (step?.attrs.stage === 'companion_hello') return takeHello(context, waiting, { iq, step });
  if (step?.attrs.stage === 'companion_finish') return takeFinish(waiting, { iq, step });
  return null;
}

interface Step {
  readonly iq: WireNode;
  readonly step: WireNode;
}

function takeHello(context: ServerContext, waiting: Candidate, { iq, step }: Step): WireNode {
  const wrappedCompanionEphemeral = bytesOf(
    childOf(step, 'link_code_pairing_wrapped_companion_ephemeral_pub'),
  );
  const companionServerAuthKey = bytesOf(childOf(step, 'companion_server_auth_key_pub'));
  const phone = parseDeviceAddress(step.attrs.jid ?? '');
  if (!wrappedCompanionEphemeral || !companionServerAuthKey || !phone) return errorOf(iq, 400, 'bad-request');
  const ref = context.random.bytes(REF_BYTES).toString('base64url');
  const linkCode = { phoneNumber: phone.user, ref, wrappedCompanionEphemeral, companionServerAuthKey };
  waiting.companion = { ...waiting.companion, linkCode };
  const content = [node('link_code_pairing_ref', {}, Buffer.from(ref))];
  return resultOf(iq, [node('link_code_companion_reg', { stage: 'companion_hello' }, content)]);
}

function takeFinish(waiting: Candidate, { iq, step }: Step): WireNode {
  const wrappedKeyBundle = bytesOf(childOf(step, 'link_code_pairing_wrapped_key_bundle'));
  const companionIdentityKey = bytesOf(childOf(step, 'companion_identity_public'));
  const isRef = textOf(childOf(step, 'link_code_pairing_ref')) === waiting.companion.linkCode?.ref;
  if (!wrappedKeyBundle || !companionIdentityKey || !isRef || !waiting.finish)
    return errorOf(iq, 400, 'bad-request');
  waiting.finish({ wrappedKeyBundle, companionIdentityKey });
  waiting.finish = null;
  return resultOf(iq);
}

/** Tells the companion that its code was typed; resolves with its answer, rejects when it leaves first. */
export function sendPrimaryHello(
  context: ServerContext,
  waiting: Candidate,
  hello: { readonly wrappedPrimaryEphemeral: Uint8Array; readonly primaryIdentityKey: Uint8Array },
): Promise<LinkCodeStep> {
  const { linkCode } = waiting.companion;
  if (!linkCode) throw new Error('The companion did not ask for a pairing code');
  return new Promise((resolve, reject) => {
    waiting.finish = (step) => {
      if (step) resolve(step);
      else reject(new Error('The companion left before it answered'));
    };
    const content = [
      node('link_code_pairing_wrapped_primary_ephemeral_pub', {}, hello.wrappedPrimaryEphemeral),
      node('primary_identity_pub', {}, hello.primaryIdentityKey),
      node('link_code_pairing_ref', {}, Buffer.from(linkCode.ref)),
    ];
    const step = node('link_code_companion_reg', { stage: 'primary_hello' }, content);
    const t = seconds(context.clock);
    const attrs = { from: SERVER_JID, type: 'link_code_companion_reg', id: context.nextId(), t };
    waiting.connection.send(node('notification', attrs, [step]));
  });
}
