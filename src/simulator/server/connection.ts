import type { WebSocket } from 'ws';
import type { WireNode } from '../node.ts';
import { decodeNode, encodeNode } from '../wire/codec.ts';
import { createFrameReader, encodeFrame } from '../wire/framing.ts';
import type { NoiseResponder, NoiseSession, NoiseTransport } from '../wire/noise.ts';
import { WireError } from '../wire/wire-error.ts';
import type { CloseReason } from './history.ts';

/** One client's socket after the handshake. Nothing here throws when the socket is gone: what is said is lost. */
export interface Connection {
  readonly id: string;
  /** False once the socket is closing, or silent: what is said now does not arrive. */
  readonly open: boolean;
  send(stanza: WireNode): void;
  /** Sends a stanza that is encoded already. */
  sendEncoded(bytes: Uint8Array): void;
  /** Says a last stanza, if any, and closes; nothing that arrives afterwards is read. */
  end(reason: CloseReason, lastWord?: WireNode): void;
  /** Destroys the TCP connection without a closing handshake, after a last stanza, if any, has left. */
  cut(reason: CloseReason, lastWord?: WireNode): void;
  /** From now on reads nothing and says nothing; the socket stays open. */
  silence(): void;
}

/** What the owner of a connection does with it. */
export interface ConnectionListener {
  /** The next stanza; the one after it waits until a returned promise has settled. */
  onStanza(stanza: WireNode): void | Promise<void>;
  onClosed(reason: CloseReason): void;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly socket: WebSocket;
  /** A responder for the header of the client's intro. */
  readonly createResponder: (header: Uint8Array) => NoiseResponder;
  /** The handshake is done: says who listens. */
  readonly welcome: (connection: Connection, session: NoiseSession) => ConnectionListener;
  /** Called before bytes leave: what they tell must be durable. */
  readonly beforeSending: () => void;
  readonly onProblem: (problem: string) => void;
  /** Called once; the reason given when the client left is `client`. */
  readonly onClosed: (reason: CloseReason) => void;
}

/** Clients send small stanzas; the largest is a pre-key upload or an inline patch. */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

/** Speaks the protocol on one WebSocket: intro, handshake, then stanzas strictly in order. */
export function serveConnection(options: ConnectionOptions): Connection {
  const { socket } = options;
  const frames = createFrameReader({ maxFrameBytes: MAX_FRAME_BYTES });
  const waiting: WireNode[] = [];
  let responder: NoiseResponder | null = null;
  let transport: NoiseTransport | null = null;
  let listener: ConnectionListener | null = null;
  let deaf = false;
  let silent = false;
  let busy = false;
  let closeReason: CloseReason = 'client';

  const sendFrame = (payload: Uint8Array) => socket.send(encodeFrame(payload));
  const isOpen = () => !silent && socket.readyState === socket.OPEN;
  const seal = (bytes: Uint8Array): Uint8Array | null => {
    if (!transport || !isOpen()) return null;
    options.beforeSending();
    return transport.encrypt(bytes);
  };
  const sendEncoded = (bytes: Uint8Array) => {
    const sealed = seal(bytes);
    if (sealed) sendFrame(sealed);
  };
  const send = (stanza: WireNode) => sendEncoded(encodeNode(stanza));
  const leave = (reason: CloseReason) => {
    if (deaf) return;
    deaf = true;
    closeReason = reason;
  };
  const connection: Connection = {
    id: options.id,
    get open() {
      return isOpen();
    },
    send,
    sendEncoded,
    end(reason, lastWord) {
      leave(reason);
      if (lastWord) send(lastWord);
      silent = true;
      socket.close();
    },
    cut(reason, lastWord) {
      leave(reason);
      const sealed = lastWord && seal(encodeNode(lastWord));
      silent = true;
      if (sealed) socket.send(encodeFrame(sealed), () => socket.terminate());
      else socket.terminate();
    },
    silence() {
      deaf = true;
      silent = true;
    },
  };

  const establish = (session: NoiseSession) => {
    transport = session.transport;
    listener = options.welcome(connection, session);
  };
  const shakeHands = (frame: Uint8Array) => {
    if (responder) return establish(responder.readClientFinish(frame));
    responder = options.createResponder(frames.intro?.header ?? new Uint8Array(0));
    const { serverHello, established } = responder.readClientHello(frame);
    sendFrame(serverHello);
    if (established) establish(established);
  };
  const work = async () => {
    if (busy) return;
    busy = true;
    try {
      for (let stanza = waiting.shift(); stanza && !deaf; stanza = waiting.shift()) {
        const done = listener?.onStanza(stanza);
        if (done !== undefined) await done;
      }
    } finally {
      busy = false;
    }
  };
  const read = (chunk: Uint8Array) => {
    for (const frame of frames.push(chunk)) {
      if (deaf) return;
      if (transport) waiting.push(decodeNode(transport.decrypt(frame)));
      else shakeHands(frame);
    }
  };
  const fail = (error: unknown) => {
    options.onProblem(error instanceof Error ? error.message : String(error));
    connection.cut('protocol-error');
  };

  socket.on('message', (data: Buffer) => {
    if (deaf) return;
    try {
      read(data);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return fail(error);
    }
    // A handler that fails has met a stanza it cannot make sense of: the connection ends, the server goes on.
    work().catch(fail);
  });
  socket.on('error', (error) => options.onProblem(error.message));
  socket.on('close', () => {
    deaf = true;
    silent = true;
    listener?.onClosed(closeReason);
    options.onClosed(closeReason);
  });
  return connection;
}
