import type { IncomingMessage } from 'node:http';
import type { BinaryNode, WASocket } from '@whiskeysockets/baileys';
import type { Clock, Timer } from '../shared/clock.ts';
import type { WaMessageId } from '../shared/ids.ts';
import { toDisconnect, toUpgradeRefusal } from './baileys-disconnect.ts';
import { toHistoryChunk } from './baileys-history-chunk.ts';
import { type MapperContext, toReceivedMessage } from './baileys-message-mapper.ts';
import { readReceipt } from './baileys-receipt.ts';
import { toMessageCap, toReachoutLock } from './baileys-restrictions.ts';
import type { Disconnect } from './disconnect.ts';
import { type Jid, parseJid } from './jid.ts';
import type { SocketEvent } from './socket.ts';

export interface EventSource {
  readonly sock: WASocket;
  readonly clock: Clock;
  readonly normalizeMessageContent: MapperContext['normalizeMessageContent'];
  /** Whether the journal has the message, so that it is stored from there. */
  isJournalled(waMessageId: WaMessageId): boolean;
  /** How long each QR is valid, where it was set. */
  readonly qrTimeoutMs: number | null;
  emit(event: Exclude<SocketEvent, { type: 'close' | 'paired' | 'auth-failure' }>): void;
  /** Credentials changed in memory and must become durable. */
  onCredentials(): void;
  /** The phone linked this device; its credentials are in memory only. */
  onPaired(): void;
  /** The socket ended; called once, after everything that was still buffered. */
  onEnd(disconnect: Disconnect): Promise<void>;
}

/** The first QR lives for a minute, the following ones for twenty seconds (Baileys' own timers). */
const FIRST_QR_MS = 60_000;
const NEXT_QR_MS = 20_000;

/** Watchers need seconds, not every frame. */
const ACTIVITY_EVERY_MS = 1_000;

const BUFFER_CHECK_MS = 1_000;
/** Baileys' own longest wait for a first sync. */
const BUFFER_WATCH_MS = 20_000;

/** Translates everything a Baileys socket says into SocketEvents. */
export function listenToBaileys(source: EventSource): void {
  listenToLife(source);
  listenToStanzas(source);
  listenToMessages(source);
  listenToRestrictions(source);
}

/** Our addresses, as far as they are known yet. */
export function ownAddresses(sock: WASocket): readonly [jid: Jid | null, lid: Jid | null] {
  return [parseJid(sock.authState.creds.me?.id ?? ''), parseJid(sock.authState.creds.me?.lid ?? '')];
}

function listenToLife(source: EventSource): void {
  const { sock, clock, emit } = source;
  let refusal: Disconnect | null = null;
  let qrCount = 0;
  let pushName = sock.authState.creds.me?.name ?? null;
  const release = releaseBuffer(source);

  // Baileys listens to this event only to pass it on, so ws no longer aborts by itself and the dial would hang.
  sock.ws.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
    refusal = toUpgradeRefusal(response, clock.now());
    response.resume();
    void sock.end(new Error(refusal.text));
  });
  sock.ev.on('creds.update', () => {
    source.onCredentials();
    const name = sock.authState.creds.me?.name ?? null;
    if (name && name !== pushName) emit({ type: 'push-name', pushName: name });
    pushName = name;
  });
  sock.ev.on('connection.update', (update) => {
    const { connection, lastDisconnect, qr, isNewLogin } = update;
    // Without a finished first sync Baileys now holds every message back for 20 s, receipted already: a crash loses them.
    if (update.receivedPendingNotifications) sock.ev.flush();
    if (qr) {
      emit({ type: 'qr', qr, ttlMs: source.qrTimeoutMs ?? (qrCount === 0 ? FIRST_QR_MS : NEXT_QR_MS) });
      qrCount += 1;
    }
    if (isNewLogin) source.onPaired();
    const [jid, lid] = ownAddresses(sock);
    if (connection === 'open' && jid) emit({ type: 'open', jid, lid, pushName });
    if (connection !== 'close') return;
    release.cancel();
    // Baileys throws its buffer away when it ends, and what is in there was receipted already.
    sock.ev.flush();
    void source.onEnd(refusal ?? toDisconnect(lastDisconnect?.error, clock.now()));
  });
}

/**
 * Baileys collects events while it syncs, and may forget to stop (upstream issue 2810). A message in there was receipted
 * already, so as long as messages come, and for a while after, the buffer is emptied every second.
 */
function releaseBuffer({ sock, clock }: EventSource): Timer {
  let timer: Timer | null = null;
  let lastMessageAt = 0;
  const check = () => {
    timer = null;
    const isBuffering = sock.ev.isBuffering();
    if (isBuffering) sock.ev.flush();
    if (isBuffering || clock.monotonic() - lastMessageAt < BUFFER_WATCH_MS) arm();
  };
  const arm = () => {
    timer ??= clock.after(BUFFER_CHECK_MS, check);
  };
  sock.ws.on('CB:message', () => {
    lastMessageAt = clock.monotonic();
    arm();
  });
  return { cancel: () => timer?.cancel() };
}

/** Acks and receipts are read from the wire: Baileys reports no positive ack and merges receipts into messages. */
function listenToStanzas({ sock, clock, emit }: EventSource): void {
  let activityDueAt = 0;
  sock.ws.on('frame', () => {
    if (clock.monotonic() < activityDueAt) return;
    activityDueAt = clock.monotonic() + ACTIVITY_EVERY_MS;
    emit({ type: 'activity' });
  });
  sock.ws.on('CB:ack,class:message', ({ attrs }: BinaryNode) => {
    if (!attrs.id) return;
    const waMessageId = attrs.id as WaMessageId;
    if (attrs.error) emit({ type: 'nack', waMessageId, code: Number(attrs.error) });
    else emit({ type: 'ack', waMessageId });
  });
  // The end of the offline queue. It may come before Baileys calls the connection open.
  sock.ws.on('CB:ib,,offline', () => emit({ type: 'caught-up' }));
  sock.ws.on('CB:receipt', (stanza: BinaryNode) => {
    const receipt = readReceipt(stanza, { own: ownAddresses(sock), now: clock.now() });
    if (receipt) emit({ type: 'receipt', ...receipt });
  });
}

function listenToMessages({ sock, clock, emit, normalizeMessageContent, isJournalled }: EventSource): void {
  // `append` is what waited while we were offline; it counts like `notify`.
  sock.ev.on('messages.upsert', ({ messages }) => {
    const context = { normalizeMessageContent, own: ownAddresses(sock), now: clock.now() };
    for (const each of messages) {
      const message = toReceivedMessage(each, context);
      if (message) emit({ type: 'message', message, isJournalled: isJournalled(message.waMessageId) });
    }
  });
  sock.ev.on('messaging-history.set', (told) => {
    emit({
      type: 'history',
      chunk: toHistoryChunk(told, { normalizeMessageContent, own: ownAddresses(sock), now: clock.now() }),
    });
    if (typeof told.progress === 'number') emit({ type: 'sync-progress', percent: told.progress });
  });
}

function listenToRestrictions({ sock, clock, emit }: EventSource): void {
  sock.ev.on('connection.update', ({ reachoutTimeLock }) => {
    if (reachoutTimeLock)
      emit({ type: 'reachout-lock', lock: toReachoutLock(reachoutTimeLock, clock.now()) });
  });
  sock.ev.on('message-capping.update', (info) => {
    const cap = toMessageCap(info);
    if (cap) emit({ type: 'message-cap', cap });
  });
}
