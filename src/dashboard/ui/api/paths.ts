/** Where the API's parts are. */
export const DEVICES = '/api/whatsapp-multi-device';
export const REPORTING = '/api/whatsapp';
export const AUTH = '/api/auth';

/** The address of one device, or of what is below it: `devicePath('anna', '/qr')`. */
export function devicePath(deviceId: string, rest = ''): string {
  return `${DEVICES}/devices/${encodeURIComponent(deviceId)}${rest}`;
}
export const SANDBOX = '/api/sandbox';
