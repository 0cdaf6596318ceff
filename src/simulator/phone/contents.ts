import type { PhoneMessage } from './message-book.ts';
import type { PhoneContext } from './phone-context.ts';
import { type SendOptions, sendContent } from './sending.ts';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly name?: string | undefined;
  readonly address?: string | undefined;
}

export interface ContactCard {
  readonly name: string;
  /** Digits. */
  readonly phoneNumber: string;
}

/** Sends a place. */
export function sendLocation(
  context: PhoneContext,
  to: string,
  { latitude, longitude, name, address, ...how }: Place & SendOptions,
): Promise<PhoneMessage> {
  const place = { degreesLatitude: latitude, degreesLongitude: longitude, name, address };
  return sendContent(
    context,
    to,
    { locationMessage: place },
    { ...how, type: 'media', mediaType: 'location' },
  );
}

/** Sends the card of a person. */
export function sendContact(
  context: PhoneContext,
  to: string,
  { name, phoneNumber, ...how }: ContactCard & SendOptions,
): Promise<PhoneMessage> {
  const card = [
    'BEGIN:VCARD',
    'VERSION:3.0',
    `FN:${name}`,
    `TEL;type=CELL;waid=${phoneNumber}:+${phoneNumber}`,
    'END:VCARD',
  ];
  const contactMessage = { displayName: name, vcard: card.join('\n') };
  return sendContent(context, to, { contactMessage }, { ...how, type: 'media', mediaType: 'vcard' });
}
