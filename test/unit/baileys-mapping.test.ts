import { normalizeMessageContent, proto, type WAMessage } from '@whiskeysockets/baileys';
import { describe, expect, it } from 'vitest';
import { shouldSyncHistoryMessage } from '../../src/whatsapp/baileys-config.ts';
import { toReceivedMessage } from '../../src/whatsapp/baileys-message-mapper.ts';
import { readReceipt } from '../../src/whatsapp/baileys-receipt.ts';
import type { Jid } from '../../src/whatsapp/jid.ts';

const NOW = new Date('2026-01-01T00:00:00Z');
const OWN = ['6281200000001:3@s.whatsapp.net' as Jid, '111111111111111:3@lid' as Jid] as const;

function received(message: proto.IMessage | null, key: Partial<WAMessage['key']> = {}) {
  return toReceivedMessage(
    {
      key: { remoteJid: '6281200000002@s.whatsapp.net', id: 'ID1', fromMe: false, ...key },
      message,
      messageTimestamp: 1_767_225_600,
      pushName: 'Budi',
    },
    { normalizeMessageContent, own: OWN, now: NOW },
  );
}

describe('the file of a message', () => {
  const file = {
    url: 'https://evil.example/x',
    directPath: '/v/x',
    mediaKey: Buffer.alloc(32, 1),
    fileSha256: Buffer.alloc(32, 2),
    fileEncSha256: Buffer.alloc(32, 3),
    fileLength: 5,
  };
  const secretOf = (message: proto.IMessage) => received(message)?.mediaSecret?.() ?? null;

  it.each([
    [{ imageMessage: file }, 'image'],
    [{ viewOnceMessageV2: { message: { imageMessage: file } } }, 'image'],
    [{ videoMessage: file }, 'video'],
    [{ ptvMessage: file }, 'video'],
    [{ audioMessage: file }, 'audio'],
    [{ audioMessage: { ...file, ptt: true } }, 'audio'],
    [{ documentWithCaptionMessage: { message: { documentMessage: file } } }, 'document'],
    [{ stickerMessage: file }, 'image'],
  ] as [proto.IMessage, string][])(
    '%j can be opened as %s, and its URL is not looked at',
    (message, kind) => {
      expect(secretOf(message)).toEqual({
        kind,
        directPath: '/v/x',
        mediaKey: file.mediaKey,
        sha256: file.fileSha256,
        encryptedSha256: file.fileEncSha256,
        sizeBytes: 5,
      });
    },
  );

  it.each(['directPath', 'mediaKey', 'fileSha256', 'fileEncSha256'])('cannot be had without %s', (field) => {
    expect(secretOf({ imageMessage: { ...file, [field]: null } })).toBeNull();
    expect(
      secretOf({ imageMessage: { ...file, [field]: field === 'directPath' ? '' : Buffer.alloc(31) } }),
    ).toBeNull();
  });

  it('goes into nothing a message is written down in', () => {
    expect(JSON.stringify(received({ imageMessage: file }))).not.toContain('mediaSecret');
  });
});

describe('a received message', () => {
  const contextInfo = { stanzaId: 'QUOTED' };
  it.each([
    [{ conversation: 'hi' }, 'text', 'hi', null],
    [{ extendedTextMessage: { text: 'hi', contextInfo } }, 'text', 'hi', 'QUOTED'],
    [{ ephemeralMessage: { message: { conversation: 'gone soon' } } }, 'text', 'gone soon', null],
    [{ imageMessage: { caption: 'look', contextInfo } }, 'image', 'look', 'QUOTED'],
    [{ viewOnceMessageV2: { message: { imageMessage: {} } } }, 'image', null, null],
    [{ videoMessage: { caption: 'clip' } }, 'video', 'clip', null],
    [{ audioMessage: { ptt: true } }, 'voice', null, null],
    [{ audioMessage: {} }, 'audio', null, null],
    [
      { documentWithCaptionMessage: { message: { documentMessage: { caption: 'bill' } } } },
      'document',
      'bill',
      null,
    ],
    [{ stickerMessage: {} }, 'sticker', null, null],
    [{ locationMessage: {} }, 'location', null, null],
    [{ contactMessage: { displayName: 'Cici' } }, 'contact', 'Cici', null],
    [{ pollCreationMessageV3: { name: 'Lunch?' } }, 'poll', 'Lunch?', null],
    [{ reactionMessage: { text: '👍', key: { id: 'LIKED' } } }, 'reaction', '👍', 'LIKED'],
    [{ protocolMessage: { type: 0, key: { id: 'GONE' } } }, 'revoke', null, 'GONE'],
    [
      { protocolMessage: { type: 14, key: { id: 'OLD' }, editedMessage: { conversation: 'new' } } },
      'edit',
      'new',
      'OLD',
    ],
    [{ orderMessage: {} }, 'other', null, null],
  ] as [proto.IMessage, string, string | null, string | null][])(
    '%j',
    (message, type, text, quotedWaMessageId) => {
      expect(received(message)).toMatchObject({ type, text, quotedWaMessageId });
    },
  );

  it.each([
    [null],
    [{ protocolMessage: { type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION } }],
    [{ protocolMessage: { type: proto.Message.ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE } }],
    [{ senderKeyDistributionMessage: { groupId: 'g' } }],
    [{ messageContextInfo: {} }],
  ])('%j is not one', (message) => {
    expect(received(message)).toBeNull();
  });

  it('is addressed without device parts, and knows both addresses of a person', () => {
    const group = received(
      { conversation: 'hi' },
      {
        remoteJid: '120363041234567890@g.us',
        participant: '222222222222222:7@lid',
        participantAlt: '6281200000002@s.whatsapp.net',
      },
    );
    expect(group).toMatchObject({
      chat: '120363041234567890@g.us',
      participant: '222222222222222@lid',
      participantAlt: '6281200000002@s.whatsapp.net',
      chatAlt: null,
      timestamp: NOW,
      pushName: 'Budi',
    });
  });

  it('never takes our own address for the other one of the chat', () => {
    const key = {
      remoteJid: '222222222222222@lid',
      remoteJidAlt: '6281200000001@s.whatsapp.net',
      fromMe: true,
    };
    expect(received({ conversation: 'copy' }, key)).toMatchObject({ fromMe: true, chatAlt: null });
  });
});

describe('a receipt', () => {
  const read = (attrs: Record<string, string>, items: string[] = []) =>
    readReceipt(
      {
        tag: 'receipt',
        attrs: { id: 'ID1', from: '222222222222222:2@lid', t: '1767225600', ...attrs },
        content: [{ tag: 'list', attrs: {}, content: items.map((id) => ({ tag: 'item', attrs: { id } })) }],
      },
      { own: OWN, now: new Date(0) },
    );

  it.each([
    [{}, 'delivered'],
    [{ type: 'inactive' }, 'delivered'],
    [{ type: 'read' }, 'read'],
    [{ type: 'played' }, 'played'],
  ])('%j is %s', (attrs, kind) => {
    expect(read(attrs)).toEqual({ waMessageIds: ['ID1'], kind, from: '222222222222222@lid', at: NOW });
  });

  it.each([[{ type: 'retry' }], [{ type: 'sender' }], [{ type: 'read-self' }], [{ type: 'peer_msg' }]])(
    '%j tells a sender nothing',
    (attrs) => {
      expect(read(attrs)).toBeNull();
    },
  );

  it('of our own devices tells nothing either', () => {
    expect(read({ from: '111111111111111@lid' })).toBeNull();
    expect(
      read({ from: '120363041234567890@g.us', participant: '6281200000001:9@s.whatsapp.net' }),
    ).toBeNull();
  });

  it('can stand for many messages', () => {
    expect(read({ type: 'read' }, ['ID2', 'ID3'])?.waMessageIds).toEqual(['ID1', 'ID2', 'ID3']);
  });
});

it('asks for every history sync but the full one', () => {
  const { HistorySyncType } = proto.HistorySync;
  const refused = Object.values(HistorySyncType).filter(
    (syncType) => typeof syncType === 'number' && !shouldSyncHistoryMessage({ syncType }),
  );
  expect(refused).toEqual([HistorySyncType.FULL]);
});
