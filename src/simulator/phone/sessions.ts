import type { DeviceAddress, KeyBundle } from '../core.ts';
import { childOf, childrenNamed, node } from '../server/stanza.ts';
import { formatAddress, parseDeviceAddress } from '../wire/jid.ts';
import { parseKeyBundle } from './key-bundle.ts';
import { newMessageId, type PhoneContext, signalAddress } from './phone-context.ts';

/** Opens a Signal session with each device that has none; devices without keys are left out, with a warning. */
export async function ensureSessions(
  context: PhoneContext,
  devices: readonly DeviceAddress[],
): Promise<void> {
  const missing: DeviceAddress[] = [];
  for (const device of devices) {
    if (!(await context.endpoint.hasSession(signalAddress(context, device)))) missing.push(device);
  }
  if (missing.length > 0) await renewSessions(context, missing);
}

/** Starts over with each of the devices, from the keys the directory publishes now. */
export async function renewSessions(context: PhoneContext, devices: readonly DeviceAddress[]): Promise<void> {
  const bundles = await fetchKeyBundles(context, devices);
  for (const device of devices) {
    const bundle = bundles.get(formatAddress(device));
    if (bundle) await context.endpoint.startSession(signalAddress(context, device), bundle);
    else context.log.warn({ device: device.device }, 'simulator: a device publishes no keys');
  }
}

/** Asks the server's directory, as a real phone does. */
async function fetchKeyBundles(
  context: PhoneContext,
  devices: readonly DeviceAddress[],
): Promise<Map<string, KeyBundle>> {
  const answer = await context.core.submit(
    context.phoneNumber,
    node('iq', { id: newMessageId(context), xmlns: 'encrypt', type: 'get', to: 's.whatsapp.net' }, [
      node(
        'key',
        {},
        devices.map((device) => node('user', { jid: formatAddress(device) })),
      ),
    ]),
  );
  const list = answer && childOf(answer, 'list');
  const bundles = new Map<string, KeyBundle>();
  for (const user of list ? childrenNamed(list, 'user') : []) {
    const address = parseDeviceAddress(user.attrs.jid ?? '');
    const bundle = parseKeyBundle(user);
    if (address && bundle) bundles.set(formatAddress(address), bundle);
  }
  return bundles;
}
