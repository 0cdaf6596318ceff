import type { PendingCompanion } from '../core.ts';
import { generateKeyPair, sharedSecret } from '../wire/curve.ts';
import { signDeviceIdentity } from './device-identity.ts';
import { deriveAdvSecret, openKeyBundle, unwrapEphemeral, wrapEphemeral } from './link-code-crypto.ts';
import { type PhoneContext, unixSeconds } from './phone-context.ts';
import { PhoneError } from './phone-error.ts';
import { parseQrText } from './qr-text.ts';

/**
 * Links the companion that shows this QR code; resolves with its device number once the server has checked the
 * companion's signature. Throws PhoneError `QR_MALFORMED`, `QR_EXPIRED` or `LINK_FAILED`.
 */
export async function scanQr(context: PhoneContext, qrText: string): Promise<number> {
  const qr = parseQrText(qrText);
  const pending = context.core.findPendingByRef(qr.ref);
  if (!pending) throw new PhoneError('QR_EXPIRED', 'No companion shows this QR code now');
  if (!same(pending.identityKey, qr.identityKey) || !same(pending.noiseKey, qr.noiseKey)) {
    throw new PhoneError('LINK_FAILED', 'The QR code names other keys than the companion that showed it');
  }
  return link(context, pending, { companionIdentityKey: qr.identityKey, advSecret: qr.advSecret });
}

/**
 * Types the eight characters a companion shows; resolves with its device number.
 * Throws PhoneError `NO_COMPANION_WAITS`, `CODE_REFUSED` when the code is not the companion's, or `LINK_FAILED`.
 */
export async function enterPairingCode(context: PhoneContext, typedCode: string): Promise<number> {
  const code = typedCode.replace(/[\s-]/g, '').toUpperCase();
  const { pending, hello } = await waitForHello(context);
  const { endpoint, core, random } = context;
  const companionEphemeral = await unwrapEphemeral(hello.wrappedCompanionEphemeral, code);
  const ephemeral = generateKeyPair(random);
  const answer = await failAs('LINK_FAILED', async () =>
    core.sendPrimaryHello(pending.id, {
      wrappedPrimaryEphemeral: await wrapEphemeral(ephemeral.publicKey, code, random.bytes(48)),
      primaryIdentityKey: endpoint.identityKey,
    }),
  );
  const ephemeralSecret = sharedSecret(ephemeral.privateKey, companionEphemeral);
  const bundle = openKeyBundle(answer.wrappedKeyBundle, ephemeralSecret);
  if (!bundle || !same(bundle.companionIdentityKey, answer.companionIdentityKey)) {
    throw new PhoneError('CODE_REFUSED', 'This is not the code the companion shows');
  }
  if (!same(bundle.primaryIdentityKey, endpoint.identityKey)) {
    throw new PhoneError('LINK_FAILED', 'The companion answered to another phone');
  }
  const identitySecret = endpoint.agree(bundle.companionIdentityKey);
  const advSecret = deriveAdvSecret({ ephemeralSecret, identitySecret, random: bundle.random });
  return link(context, pending, { companionIdentityKey: bundle.companionIdentityKey, advSecret });
}

/** A companion shows its code the moment it asks for it; a script types faster than the question travels. In ms. */
const HELLO_WAIT_MS = 3_000;
const HELLO_POLL_MS = 20;

async function waitForHello({ core, clock, phoneNumber }: PhoneContext) {
  for (let waited = 0; waited <= HELLO_WAIT_MS; waited += HELLO_POLL_MS) {
    const pending = core.findPendingByPhone(phoneNumber);
    if (pending?.linkCode) return { pending, hello: pending.linkCode };
    await new Promise<void>((resolve) => clock.after(HELLO_POLL_MS, resolve));
  }
  throw new PhoneError('NO_COMPANION_WAITS', 'No companion asked for a pairing code for this number');
}

interface CompanionSecrets {
  readonly companionIdentityKey: Uint8Array;
  readonly advSecret: Uint8Array;
}

async function link(
  context: PhoneContext,
  pending: PendingCompanion,
  { companionIdentityKey, advSecret }: CompanionSecrets,
): Promise<number> {
  const { phoneNumber, endpoint, core } = context;
  const keyIndex = nextKeyIndex(context);
  const identity = signDeviceIdentity({
    rawId: endpoint.registrationId,
    timestamp: unixSeconds(context),
    keyIndex,
    accountKey: endpoint.identityKey,
    signWithAccountKey: endpoint.sign,
    companionIdentityKey,
    advSecret,
  });
  return failAs('LINK_FAILED', () =>
    core.completeLink(pending.id, {
      phoneNumber,
      keyIndex,
      deviceIdentity: identity.sealed,
      advDetails: identity.details,
      accountSignature: identity.accountSignature,
      companionIdentityKey,
      platform: 'android',
      businessName: context.businessName,
    }),
  );
}

/** Key indexes count up for the life of the account and are never used twice. */
function nextKeyIndex({ store, phoneNumber }: PhoneContext): number {
  const key = `key-index/${phoneNumber}`;
  const next = Number(store.get(key) ?? 0) + 1;
  store.set(key, next);
  return next;
}

async function failAs<T>(code: 'LINK_FAILED', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'the companion left';
    throw new PhoneError(code, `The companion was not linked: ${why}`, { cause });
  }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
