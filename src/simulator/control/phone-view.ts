import type { SimAccount, SimulatorCore } from '../core.ts';
import type { AutoReply } from '../phone/auto-reply.ts';
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

interface PhoneView extends AccountView {
  readonly messages: number;
  readonly autoReply: AutoReply | null;
}

/** The account of a phone, how many messages the phone holds, and what it answers by itself. */
export function phoneView(core: SimulatorCore, phone: Phone): PhoneView {
  const account = core.findAccount(phone.phoneNumber);
  if (!account) throw new Error('the account of the phone is gone');
  return { ...accountView(account), messages: phone.messages().length, autoReply: phone.autoReply() };
}
