import type { SimAccount, SimulatorCore } from '../core.ts';
import type { Phone } from '../phone/phone.ts';

export interface AccountView {
  readonly phoneNumber: string;
  readonly lid: string;
  readonly pushName: string;
  readonly devices: readonly { device: number; online: boolean }[];
}

/** An account without its keys. */
export function accountView({ phoneNumber, lid, pushName, devices }: SimAccount): AccountView {
  return { phoneNumber, lid, pushName, devices: devices.map(({ device, online }) => ({ device, online })) };
}

/** The account of a phone, and how many messages the phone holds. */
export function phoneView(core: SimulatorCore, phone: Phone): AccountView & { messages: number } {
  const account = core.findAccount(phone.phoneNumber);
  if (!account) throw new Error('the account of the phone is gone');
  return { ...accountView(account), messages: phone.messages().length };
}
