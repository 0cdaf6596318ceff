import protobuf from 'protobufjs/light.js';
import { HANDSHAKE_MESSAGES } from './proto-handshake.ts';
import { MEDIA_MESSAGES } from './proto-media.ts';
import { CHAT_MESSAGES } from './proto-message.ts';
import type { FieldSpec, MessageOf, MessageTable } from './proto-schema.ts';
import { SYNC_MESSAGES } from './proto-sync.ts';
import { WireError } from './wire-error.ts';

const TABLE = { ...HANDSHAKE_MESSAGES, ...CHAT_MESSAGES, ...MEDIA_MESSAGES, ...SYNC_MESSAGES } as const;

type Table = typeof TABLE;

/** The names of the message types the simulator knows. */
export type ProtoName = keyof Table;

/** The value of a message type, e.g. `Proto<'WebMessageInfo'>`; enumerations are plain numbers. */
export type Proto<Name extends ProtoName> = MessageOf<Table, Name>;

const root = buildRoot(TABLE);

/** The protobuf bytes of a message; fields that are undefined are left out. */
export function encodeProto<Name extends ProtoName>(name: Name, message: Proto<Name>): Uint8Array {
  return root.lookupType(name).encode(message).finish();
}

/** Reads a message; fields nobody sent are missing, unknown ones dropped. Throws a WireError on malformed bytes. */
export function decodeProto<Name extends ProtoName>(name: Name, bytes: Uint8Array): Proto<Name> {
  const type = root.lookupType(name);
  try {
    // Left to choose, protobufjs takes a reader for Buffers that accepts a text cut short.
    const reader = new protobuf.Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return type.toObject(type.decode(reader), { longs: Number }) as Proto<Name>;
  } catch (cause) {
    throw new WireError(`The bytes are no ${name}`, { cause });
  }
}

function buildRoot(table: MessageTable): protobuf.Root {
  const nested = Object.entries(table).map(([name, fields]) => {
    const described = Object.entries(fields).map(([field, spec]) => [field, describeField(spec)]);
    return [name, { fields: Object.fromEntries(described) }];
  });
  return protobuf.Root.fromJSON({ nested: Object.fromEntries(nested) });
}

function describeField(spec: FieldSpec): protobuf.IField {
  const [, rule, type = '', id] = /^(?:(repeated|packed) )?(\w+) (\d+)$/.exec(spec) ?? [];
  const field = { type, id: Number(id) };
  return rule === undefined ? field : { ...field, rule: 'repeated', options: { packed: rule === 'packed' } };
}
