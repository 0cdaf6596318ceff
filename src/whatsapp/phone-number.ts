import {
  type CountryCode,
  getCountryCallingCode,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import { AppError } from '../shared/errors.ts';

/** Two letters, e.g. ID: how numbers without a country code are read. */
export type DefaultCountry = CountryCode;

/**
 * The digits of a number in international form, without the plus, from any way people write it: 08…, 8…, 62…, +62…,
 * any +…, 00…, spaces, dashes, dots, brackets. "Possible" is enough. Throws PHONE_NUMBER_INVALID.
 */
export function parsePhoneNumber(text: string, defaultCountry: DefaultCountry): string {
  const digits = findPhoneNumber(text, defaultCountry);
  if (digits === null) throw new AppError('PHONE_NUMBER_INVALID');
  return digits;
}

/** The same; null for what is no phone number. */
export function findPhoneNumber(text: string, defaultCountry: DefaultCountry): string | null {
  const compact = text.replace(/[\s().\-\u00a0\u2010-\u2015]/g, '').replace(/^00/, '+');
  const number = /^\+?\d{4,17}$/.test(compact) ? readNumber(compact, defaultCountry) : null;
  return number?.number.slice(1) ?? null;
}

function readNumber(digits: string, country: DefaultCountry): PhoneNumber | null {
  if (digits.startsWith('+')) return possible(digits);
  if (digits.startsWith('0')) return possible(digits, country);
  const callingCode = getCountryCallingCode(country);
  const own = digits.startsWith(callingCode) ? possible(`+${digits}`) : null;
  return own ?? readBareDigits(digits, country);
}

/**
 * Neither a plus nor a leading zero nor our own country code. Indonesians write 8… for a mobile number, and must win
 * over +81, +84, +86; beyond that the reading that is a real number wins, and national before international.
 */
function readBareDigits(digits: string, country: DefaultCountry): PhoneNumber | null {
  const national = possible(digits, country);
  if (country === 'ID' && digits.startsWith('8')) return national;
  const international = possible(`+${digits}`);
  if (national?.isValid()) return national;
  return international?.isValid() ? international : (national ?? international);
}

function possible(text: string, country?: DefaultCountry): PhoneNumber | null {
  // Extracting a number from a sentence is half of the work, and there is no sentence.
  const number = parsePhoneNumberFromString(text, {
    ...(country && { defaultCountry: country }),
    extract: false,
  });
  return number?.isPossible() ? number : null;
}
