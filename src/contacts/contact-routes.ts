import { ok } from '../http/envelope.ts';
import type { RoutePlugin } from '../http/fastify.ts';
import { DeviceParams, envelope, NoData } from '../http/schemas.ts';
import { AppError } from '../shared/errors.ts';
import * as schemas from './contact-schemas.ts';
import type { ContactService } from './contact-service.ts';

interface ContactRoutesOptions {
  readonly contactService: ContactService;
}

/** The people a device writes with: whether they are on WhatsApp, what they show, what they are shown. */
export const contactRoutes: RoutePlugin<ContactRoutesOptions> = async (app, { contactService }) => {
  app.get('/devices/:deviceId/check-number', checkNumber, async (request) => {
    const [checked] = await contactService.checkNumbers(request.params.deviceId, [request.query.number]);
    if (!checked || checked.error) throw new AppError('PHONE_NUMBER_INVALID');
    return ok(request, checked);
  });

  app.post('/devices/:deviceId/check-numbers', checkNumbers, async (request) => {
    const results = await contactService.checkNumbers(request.params.deviceId, request.body.numbers);
    return ok(request, { results });
  });

  app.get('/devices/:deviceId/contacts/:contact', getContact, async (request) => {
    const { deviceId, contact } = request.params;
    return ok(request, await contactService.profile(deviceId, contact));
  });

  app.post('/devices/:deviceId/typing', showTyping, async (request) => {
    await contactService.showChatState(request.params.deviceId, request.body);
    return ok(request, null, 'Shown');
  });

  app.post('/devices/:deviceId/read', markRead, async (request) => {
    const markedCount = await contactService.markRead(request.params.deviceId, request.body);
    return ok(request, { markedCount }, 'Marked as read');
  });
};

const tags = ['Contacts'];

const checkNumber = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'checkNumber',
    tags,
    description: 'Is the number on WhatsApp? Remembered for a day; asking about many is limited.',
    params: DeviceParams,
    querystring: schemas.CheckNumberQuery,
    response: { 200: envelope(schemas.CheckedNumberSchema) },
  },
} as const;

const checkNumbers = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'checkNumbers',
    tags,
    params: DeviceParams,
    body: schemas.CheckNumbersBody,
    response: { 200: envelope(schemas.CheckedNumbersSchema) },
  },
} as const;

const getContact = {
  config: { scope: 'message:read' },
  schema: {
    operationId: 'getContact',
    tags,
    description:
      'The picture and the about text somebody shows; null where there is none or it is not shown to us.',
    params: schemas.ContactParams,
    response: { 200: envelope(schemas.ContactProfileSchema) },
  },
} as const;

const showTyping = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'showTyping',
    tags,
    description: 'Shows somebody that the device writes or records, or no longer does.',
    params: DeviceParams,
    body: schemas.TypingBody,
    response: { 200: envelope(NoData) },
  },
} as const;

const markRead = {
  config: { scope: 'message:send' },
  schema: {
    operationId: 'markRead',
    tags,
    description: 'Read receipts for some received messages, or for the newest of a chat.',
    params: DeviceParams,
    body: schemas.ReadBody,
    response: { 200: envelope(schemas.MarkedSchema) },
  },
} as const;
