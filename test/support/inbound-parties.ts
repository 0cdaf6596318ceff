import { EventEmitter } from 'node:events';
import * as library from '@whiskeysockets/baileys';
import {
  addTransactionCapability,
  type BinaryNode,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  decryptMessageNode,
  generateSignalPubKey,
  initAuthCreds,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type SignalRepositoryWithLIDStore,
  type WAMessage,
  type WASocket,
} from '@whiskeysockets/baileys';
import type { KeyRing } from '../../src/config/key-encryption-key.ts';
import type { Database } from '../../src/database/database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';
import { silenceLibsignal } from '../../src/simulator/phone/quiet-console.ts';
import type { AuthState } from '../../src/whatsapp/auth-state.ts';
import { connectInbound } from '../../src/whatsapp/inbound-connection.ts';
import { createInboundReader } from '../../src/whatsapp/inbound-reader.ts';
import { authStatesOn, deviceIdOf, pair, setLease, temporaryFolder } from './auth.ts';
import { ingestOn } from './inbound.ts';

const LOG = { level: 'silent', child: () => LOG, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const TRANSACTIONS = { maxCommitRetries: 1, delayBetweenTriesMs: 0 };
export const DEVICE = deviceIdOf('receiver');

/** A contact's phone: unmodified Baileys on keys in memory. */
export interface Contact {
  readonly jid: string;
  readonly repository: SignalRepositoryWithLIDStore;
  /** A session with the device, from its current keys. */
  meet(receiver: Receiver): Promise<void>;
  /** One text for the device, as an `enc` child. */
  encrypt(receiver: Receiver, content: library.proto.IMessage): Promise<BinaryNode>;
  /** One text for a group. */
  encryptForGroup(group: string, text: string): Promise<BinaryNode>;
  /** The message that carries its sender key for a group. */
  distribution(group: string): Promise<library.proto.IMessage>;
}

export function createContact(jid: string): Contact {
  silenceLibsignal();
  const creds = initAuthCreds();
  const keys = addTransactionCapability(memoryKeys(), LOG, TRANSACTIONS);
  const repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, LOG, async () => []);
  const encode = (content: library.proto.IMessage) =>
    Buffer.concat([library.proto.Message.encode(content).finish(), Buffer.from([1])]);
  return {
    jid,
    repository,
    async meet(receiver) {
      const session = await receiver.publishKeys();
      await repository.injectE2ESession({ jid: receiver.jid, session });
    },
    async encrypt(receiver, content) {
      const { type, ciphertext } = await repository.encryptMessage({
        jid: receiver.jid,
        data: encode(content),
      });
      return { tag: 'enc', attrs: { v: '2', type }, content: Buffer.from(ciphertext) };
    },
    async encryptForGroup(group, text) {
      const data = encode({ conversation: text });
      const { ciphertext } = await repository.encryptGroupMessage({ group, data, meId: jid });
      return { tag: 'enc', attrs: { v: '2', type: 'skmsg' }, content: Buffer.from(ciphertext) };
    },
    async distribution(group) {
      const bytes = await repository.getSenderKeyDistributionMessage({ group, meId: jid });
      return {
        senderKeyDistributionMessage: { groupId: group, axolotlSenderKeyDistributionMessage: bytes },
      };
    },
  };
}

function memoryKeys(): SignalKeyStore {
  const values = new Map<string, unknown>();
  return {
    async get<Type extends keyof SignalDataTypeMap>(type: Type, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[Type] } = {};
      for (const id of ids) {
        const value = values.get(`${type}/${id}`);
        if (value !== undefined) found[id] = value as SignalDataTypeMap[Type];
      }
      return found;
    },
    async set(data: SignalDataSet) {
      for (const [type, entries] of Object.entries(data)) {
        for (const [id, value] of Object.entries(entries ?? {})) {
          if (value === null) values.delete(`${type}/${id}`);
          else values.set(`${type}/${id}`, value);
        }
      }
    },
  };
}

/** A linked device on our auth state and journal, without a socket. */
export interface Receiver {
  readonly jid: string;
  readonly auth: AuthState;
  readonly repository: SignalRepositoryWithLIDStore;
  /** Makes a one-time key and hands out all that a contact needs. */
  publishKeys(): Promise<Parameters<SignalRepositoryWithLIDStore['injectE2ESession']>[0]['session']>;
  /** Handles a stanza as the library does up to the receipt: the message, or the words of the failure. */
  receive(stanza: Stanza): Promise<{ message: WAMessage; failure: string | null }>;
  /** Everything in the journal is taken over. */
  ingest(): Promise<void>;
  /** What may be kept is asked anew. */
  forgetRules(): void;
}

export interface Stanza {
  readonly id: string;
  readonly from: string;
  readonly participant?: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly enc: readonly BinaryNode[];
}

export interface Storage {
  readonly keyRing: KeyRing;
  readonly dataDir: string;
}

export function storageFor(): Storage {
  return { keyRing: { id: 'journal', key: Buffer.alloc(32, 7), previous: [] }, dataDir: temporaryFolder() };
}

/** Opens the device as a new process would; `journal` off: the library alone. */
export async function openReceiver(
  database: Database,
  storage: Storage,
  { journal = 'on' }: { journal?: 'on' | 'off' } = {},
): Promise<Receiver> {
  silenceLibsignal();
  const auth = await authStatesOn(database, storage).open({ deviceId: DEVICE, epoch: 1, mayMint: true });
  if (auth.kind === 'minted') {
    pair(auth.creds);
    await auth.saveCreds();
  }
  const ingest = ingestOn(database);
  const reader = createInboundReader({ ...auth, library, clock: systemClock });
  const parts = { deviceId: DEVICE, reader, auth, library, onIdentities() {}, onUndecryptable() {} };
  const inbound = connectInbound(parts, {
    inbound: { take: async () => {} },
    inboundJournal: journal,
    ids: createIds({ clock: systemClock, random: systemRandom }),
    clock: systemClock,
    log: silentLogger,
  });
  const keys = addTransactionCapability(auth.keys, LOG, TRANSACTIONS);
  const make = inbound.config.makeSignalRepository ?? DEFAULT_CONNECTION_CONFIG.makeSignalRepository;
  const repository = make({ creds: auth.creds, keys }, LOG, async () => []);
  const ws = new EventEmitter();
  inbound.watch(ws as WASocket['ws']);
  const { id = '', lid = '' } = auth.creds.me ?? {};
  return {
    jid: id,
    auth,
    repository,
    async publishKeys() {
      const preKeyId = auth.creds.nextPreKeyId++;
      const pairOfKeys = Curve.generateKeyPair();
      await auth.keys.set({ 'pre-key': { [preKeyId]: pairOfKeys } });
      const { signedIdentityKey, signedPreKey, registrationId } = auth.creds;
      return {
        registrationId,
        identityKey: generateSignalPubKey(signedIdentityKey.public),
        signedPreKey: {
          keyId: signedPreKey.keyId,
          publicKey: generateSignalPubKey(signedPreKey.keyPair.public),
          signature: signedPreKey.signature,
        },
        preKey: { keyId: preKeyId, publicKey: generateSignalPubKey(pairOfKeys.public) },
      };
    },
    async receive({ id: messageId, from, participant, attrs = {}, enc }) {
      const content = enc.map((each) => ({ ...each, content: copyOf(each.content) }));
      const node: BinaryNode = {
        tag: 'message',
        attrs: { id: messageId, from, ...(participant && { participant }), t: '1790000000', ...attrs },
        content,
      };
      ws.emit('CB:message', node);
      const { fullMessage, decrypt } = decryptMessageNode(node, id, lid, repository, LOG);
      await decrypt();
      return { message: fullMessage, failure: fullMessage.messageStubParameters?.[0] ?? null };
    },
    ingest: () => ingest.take(DEVICE, reader),
    forgetRules: () => ingest.rules.forget(id.replace(/[:@].*/, '')),
  };
}

/** A redelivery is the same bytes in another object. */
function copyOf(content: BinaryNode['content']): Uint8Array {
  if (!(content instanceof Uint8Array)) throw new Error('an enc child holds bytes');
  return Buffer.from(content);
}

/** The device is ours, and nothing of it is stored. */
export async function clearReceiver(database: Database): Promise<void> {
  const tables = ['auth_key', 'auth_creds', 'auth_data_key', 'inbound_journal', 'received_message'];
  for (const table of tables) await database.run({ text: `delete from ${table}`, params: [] });
  await setLease(database, DEVICE, 1);
}

/** A database whose process dies before or after one of its writes: from then on nothing gets through. */
export function mortalDatabase(
  database: Database,
  { side, commit }: { side: 'before' | 'after'; commit: number },
): { readonly database: Database; arm(): void; isDead(): boolean } {
  let commits: number | null = null;
  let isDead = false;
  const die = (): never => {
    isDead = true;
    throw new Error('the process is dead');
  };
  const mortal = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (isDead) die();
    if (commits === null) return work();
    commits += 1;
    const isLast = commits === commit;
    if (isLast && side === 'before') die();
    const result = await work();
    return isLast ? die() : result;
  };
  return {
    database: {
      ...database,
      query: async (statement) => (isDead ? die() : database.query(statement)),
      run: (statement) => mortal(() => database.run(statement)),
      writeAtomically: (batch) => mortal(() => database.writeAtomically(batch)),
    },
    arm() {
      commits = 0;
    },
    isDead: () => isDead,
  };
}
