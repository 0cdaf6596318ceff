import type { DeviceService } from '../devices/device-service.ts';
import type { DeviceId } from '../shared/ids.ts';
import * as answers from './sandbox-answer-schemas.ts';
import type { SimulatorControl } from './simulator-control.ts';

export interface NewPhone {
  readonly phoneNumber: string;
  readonly pushName?: string | undefined;
  readonly business?: boolean | undefined;
}

/** How a live connection ends; `code` goes with `stream-error`. */
export type ConnectionEnd =
  | { readonly how: 'stream-error'; readonly code: string }
  | { readonly how: 'conflict' | 'xmlstreamend' | 'close' | 'cut' | 'silence' };

/** The devices of this server, as far as phones are linked with them. */
export type LinkableDevices = Pick<DeviceService, 'list' | 'view' | 'qr' | 'pairingCode'>;

interface SandboxDeps {
  readonly control: SimulatorControl;
  readonly devices: LinkableDevices;
}

export type SandboxService = ReturnType<typeof createSandboxService>;

/**
 * Simulated phones: making them, linking devices of this server with them, and their groups. Methods throw what
 * SimulatorControl throws: SANDBOX_UNAVAILABLE, SANDBOX_NOT_FOUND and SANDBOX_REFUSED.
 */
export function createSandboxService({ control, devices }: SandboxDeps) {
  const ofPhone = (phone: string, ...rest: string[]) => ['phones', phone, ...rest];

  /** Beside each phone the device here that is linked with it, if the caller may use it. */
  const withDevices = async (
    phones: readonly answers.SimulatedPhone[],
    mayUse: (deviceId: string) => boolean,
  ) => {
    const { items } = await devices.list({ mayUse });
    const linked = items.filter(({ hasSession }) => hasSession);
    const byNumber = new Map(linked.map(({ phoneNumber, deviceId }) => [phoneNumber, deviceId]));
    return phones.map((phone) => ({ ...phone, deviceId: byNumber.get(phone.phoneNumber) ?? null }));
  };
  const one = async (phone: answers.SimulatedPhone, mayUse: (deviceId: string) => boolean) => {
    const [seen = { ...phone, deviceId: null }] = await withDevices([phone], mayUse);
    return seen;
  };

  return {
    async phones(mayUse: (deviceId: string) => boolean) {
      const { phones } = await control.ask(answers.SimulatedPhones, { method: 'GET', path: ['phones'] });
      return { items: await withDevices(phones, mayUse), total: phones.length };
    },

    async phone(phone: string, mayUse: (deviceId: string) => boolean) {
      return one(await control.ask(answers.SimulatedPhone, { method: 'GET', path: ofPhone(phone) }), mayUse);
    },

    async createPhone(body: NewPhone, mayUse: (deviceId: string) => boolean) {
      return one(
        await control.ask(answers.SimulatedPhone, { method: 'POST', path: ['phones'], body }),
        mayUse,
      );
    },

    /** The phone scans what the device shows now. Throws DEVICE_NOT_FOUND and QR_NOT_AVAILABLE too. */
    async scan(phone: string, deviceId: DeviceId) {
      const { value: qr } = await devices.qr(deviceId);
      return control.ask(answers.LinkedSchema, {
        method: 'POST',
        path: ofPhone(phone, 'scan'),
        body: { qr },
      });
    },

    /**
     * The phone's owner types the code the device shows, or one that is asked for now. Throws what `pairingCode` of the
     * device service throws too.
     */
    async typePairingCode(phone: string, deviceId: DeviceId) {
      const { pairingCode } = await devices.view(deviceId);
      const code = pairingCode ?? (await devices.pairingCode(deviceId, `+${phone}`)).value;
      return control.ask(answers.LinkedSchema, {
        method: 'POST',
        path: ofPhone(phone, 'pairing-code'),
        body: { code },
      });
    },

    /** The owner takes the device off the phone: it is logged out. */
    async unlink(phone: string, device: number, mayUse: (deviceId: string) => boolean) {
      const path = ofPhone(phone, 'devices', String(device));
      return one(await control.ask(answers.SimulatedPhone, { method: 'DELETE', path }), mayUse);
    },

    /** Ends the live connection of a linked device, as the network or WhatsApp would. */
    endConnection: (phone: string, device: number, body: ConnectionEnd) =>
      control.ask(answers.EndedSchema, {
        method: 'POST',
        path: ['devices', phone, String(device), 'end'],
        body,
      }),

    async groups(phone: string) {
      const path = ofPhone(phone, 'groups');
      const { groups: items } = await control.ask(answers.SimulatedGroups, { method: 'GET', path });
      return { items, total: items.length };
    },

    /** `refused` names whom the group's server would not add. */
    createGroup: (phone: string, body: { readonly subject: string; readonly members: readonly string[] }) =>
      control.ask(answers.CreatedGroupSchema, { method: 'POST', path: ofPhone(phone, 'groups'), body }),

    /** A result for each person. */
    addMembers: (phone: string, groupId: string, members: readonly string[]) =>
      control.ask(answers.MemberResultsSchema, {
        method: 'POST',
        path: ofPhone(phone, 'groups', groupId, 'members'),
        body: { action: 'add', members },
      }),
  };
}
