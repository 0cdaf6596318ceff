import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ContactService } from '../contacts/contact-service.ts';
import { acceptFiles, jsonLimit } from '../http/body-files.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { type Idempotency, SendingHeaders } from '../http/idempotency.ts';
import type { MediaIntake } from '../media/media-intake.ts';
import { answerOne } from '../messages/answer-one.ts';
import type { AskedContent } from '../messages/asked-content.ts';
import type { ContentComposer } from '../messages/content-composer.ts';
import type { MessageService } from '../messages/message-service.ts';
import { isSettled } from '../outbox/outbox-state.ts';
import type { Clock } from '../shared/clock.ts';
import type { WaMessageId } from '../shared/ids.ts';
import { boundDevice } from './compat-device.ts';
import * as schemas from './wuzapi-schemas.ts';

interface WuzapiChatOptions {
  readonly messageService: MessageService;
  readonly contentComposer: ContentComposer;
  readonly mediaIntake: MediaIntake;
  readonly contactService: ContactService;
  readonly idempotency: Idempotency;
  readonly clock: Clock;
}

/** The messages of wuzapi, sent as everybody's. */
export const wuzapiChatRoutes: RoutePlugin<WuzapiChatOptions> = async (app, options) => {
  app.post('/chat/send/text', sendText, async (request, reply) => {
    const { Body: text, ...body } = request.body;
    return send({ request, reply, ...options }, body, { type: 'text', text, ...quoting(body) });
  });

  app.post('/user/check', checkUsers, async ({ access, body }) => {
    const checked = await options.contactService.checkNumbers(boundDevice(access), body.Phone);
    const Users = checked.map(({ input, registered, jid }) => ({
      Query: input,
      IsInWhatsapp: registered,
      JID: jid ?? '',
      VerifiedName: '',
    }));
    return { code: 200 as const, data: { Users }, success: true as const };
  });

  app.register(async (scope) => fileRoutes(scope, options));
};

/** In a scope of its own: only here bodies bring files. */
const fileRoutes: RoutePlugin<WuzapiChatOptions> = async (app, options) => {
  const { mediaIntake } = options;
  const bodyLimit = jsonLimit(mediaIntake.maxBytes);
  // Before the files are put on the disk, so that these find them where they look.
  app.addHook('preValidation', async (request) => {
    request.body = withPlainFile(request.body);
  });
  await acceptFiles(app, mediaIntake);
  for (const type of FILE_TYPES) {
    app.post(`/chat/send/${type}`, { ...sendFile(type), bodyLimit }, async (request, reply) => {
      const { file, mimetype, Caption: caption, FileName: fileName, PTT, ...body } = request.body;
      const kind = type === 'audio' && PTT !== false ? 'voice' : type;
      const asked = { type: kind, file, mimetype, caption, fileName, ...quoting(body) } as const;
      return send({ request, reply, ...options }, body, asked);
    });
  }
};

const FILE_TYPES = ['image', 'document', 'audio', 'video'] as const;
type FileType = (typeof FILE_TYPES)[number];

interface Sending {
  readonly Phone: string;
  readonly Id?: string | undefined;
  readonly ContextInfo?:
    | { StanzaId?: WaMessageId | undefined; MentionedJID?: string[] | undefined }
    | null
    | undefined;
}

async function send(
  { request, reply, ...options }: WuzapiChatOptions & { request: FastifyRequest; reply: FastifyReply },
  { Phone: to, Id }: Sending,
  asked: AskedContent,
) {
  const deviceId = boundDevice(request.access);
  const repeatKey = Id && `wuzapi ${Id}`;
  const content = () => options.contentComposer.compose(deviceId, asked);
  const order = { deviceId, to, content, whileOffline: 'refuse' } as const;
  const { data } = await answerOne({ request, reply, repeatKey, ...options }, order);
  reply.code(200);
  const Timestamp = options.clock.now().toISOString();
  return {
    code: 200 as const,
    data: {
      Details: isSettled(data.status) ? 'Sent' : 'Accepted',
      Id: data.messageId,
      Timestamp,
      Status: data.status,
    },
    success: true as const,
  };
}

function quoting({ ContextInfo: context }: Sending) {
  const { StanzaId, MentionedJID: mentions } = context ?? {};
  return { ...(StanzaId && { quotedMessageId: StanzaId }), ...(mentions && { mentions }) };
}

const DATA_URL = /^data:([^;,]*)(?:;[^,]*)?,/;

/** `Image: "data:image/png;base64,…"` is `base64` and `mimetype` elsewhere; bytes of no certain type say nothing of it. */
function withPlainFile(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { Image, Document, Audio, Video, ...others } = body as Record<string, unknown>;
  const url = Image ?? Document ?? Audio ?? Video;
  if (typeof url !== 'string') return others;
  const [head = '', type = ''] = DATA_URL.exec(url.slice(0, 200)) ?? [];
  const isCertain = type !== '' && type !== 'application/octet-stream';
  return { ...others, base64: url.slice(head.length), ...(isCertain && { mimetype: type }) };
}

const tags = ['For wuzapi callers'];
const sending = {
  keyHeader: 'token',
  failureShape: schemas.wuzapiFailure,
  scope: 'message:send',
} as const;
const { wuzapiAnswer, WUZAPI_FAILURES } = schemas;
const sent = { 200: wuzapiAnswer(schemas.SentData), ...WUZAPI_FAILURES } as const;

const sendText = {
  config: sending,
  schema: {
    operationId: 'wuzapiSendText',
    tags,
    headers: SendingHeaders,
    body: schemas.TextBody,
    response: sent,
  },
} as const;

function sendFile<const Type extends FileType>(type: Type) {
  return {
    config: sending,
    schema: {
      operationId: `wuzapiSend_${type}`,
      tags,
      headers: SendingHeaders,
      body: schemas.FileBody,
      response: sent,
    },
  } as const;
}

const checkUsers = {
  config: { ...sending, scope: 'message:read' },
  schema: {
    operationId: 'wuzapiCheck',
    tags,
    body: schemas.CheckBody,
    response: { 200: wuzapiAnswer(schemas.CheckData), ...WUZAPI_FAILURES },
  },
} as const;
