import { type AuthenticationCreds, BufferJSON, proto, type SignalDataTypeMap } from '@whiskeysockets/baileys';

/** Bytes that were opened hold no value: the row is damaged although its seal is whole. */
export class AuthValueError extends Error {
  override readonly name = 'AuthValueError';
}

/** A Signal key as bytes, in the JSON form of Baileys' own file store. */
export function encodeKey(type: string, value: unknown): Buffer {
  return Buffer.from(toJson(type === 'sender-key' ? normaliseSenderKey(value) : value));
}

/** A key file of Baileys' own store as `encodeKey` would write it; null for a file that says "none". Throws AuthValueError. */
export function reencodeKeyFile(type: string, bytes: Uint8Array): Buffer | null {
  const value = fromJson(bytes);
  return value === null ? null : encodeKey(type, value);
}

/** The value of `encodeKey`, as Baileys wants it. Throws AuthValueError. */
export function decodeKey<Type extends keyof SignalDataTypeMap>(
  type: Type,
  bytes: Uint8Array,
): SignalDataTypeMap[Type] {
  const value = fromJson(bytes);
  return (type === 'app-state-sync-key' ? toAppStateKey(value) : value) as SignalDataTypeMap[Type];
}

export function encodeCreds(creds: AuthenticationCreds): Buffer {
  return Buffer.from(toJson(creds));
}

/** Credentials from bytes. Throws AuthValueError when they lack what makes a device this device. */
export function decodeCreds(bytes: Uint8Array): AuthenticationCreds {
  const creds = objectOf(fromJson(bytes)) as Partial<AuthenticationCreds>;
  const isWhole =
    creds.noiseKey?.private?.length === 32 &&
    creds.signedIdentityKey?.private?.length === 32 &&
    creds.signedPreKey?.keyPair?.private?.length === 32 &&
    typeof creds.registrationId === 'number' &&
    typeof creds.advSecretKey === 'string' &&
    typeof creds.nextPreKeyId === 'number';
  if (!isWhole) throw new AuthValueError('the credentials are incomplete');
  return creds as AuthenticationCreds;
}

function toJson(value: unknown): string {
  return JSON.stringify(value, BufferJSON.replacer);
}

function fromJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'), BufferJSON.reviver);
  } catch (cause) {
    throw new AuthValueError('the value is not JSON', { cause });
  }
}

function toAppStateKey(value: unknown): proto.Message.AppStateSyncKeyData {
  try {
    return proto.Message.AppStateSyncKeyData.fromObject(objectOf(value));
  } catch (cause) {
    throw new AuthValueError('the value is no app state key', { cause });
  }
}

function objectOf(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new AuthValueError('the value is no object');
}

/**
 * Baileys hands a sender key over as JSON in bytes, where skipped message keys are arrays of numbers that its own
 * reader does not turn back into bytes: an out-of-order group message would never decrypt. As base64 it does.
 */
function normaliseSenderKey(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return Buffer.from(toJson(fromJson(value)));
}
