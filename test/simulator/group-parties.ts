import type { GroupMetadata, WASocket } from '@whiskeysockets/baileys';
import { type Companion, type CompanionOptions, createCompanion } from '../support/companion.ts';
import { createRecorder, type Recorder } from '../support/recorder.ts';
import type { TestSimulator } from '../support/simulator.ts';

/** A linked device that writes down what it hears of groups. */
export interface GroupParty extends Companion {
  readonly phoneNumber: string;
  /** Its address by LID, without a device. */
  readonly lid: string;
  readonly joined: Recorder<GroupMetadata>;
  readonly changed: Recorder<Partial<GroupMetadata>>;
  readonly people: Recorder<PeopleChange>;
  readonly requests: Recorder<RequestChange>;
  readonly receipts: Recorder<MemberReceipt>;
}

export interface PeopleChange {
  readonly id: string;
  readonly action: string;
  /** Addresses. */
  readonly people: readonly string[];
}

export interface RequestChange {
  readonly id: string;
  readonly participant: string;
  readonly action: string;
}

export interface MemberReceipt {
  readonly id: string;
  readonly reader: string;
  readonly kind: 'delivered' | 'read';
}

/** A new linked device of this person, past its first sync; every socket it opens is listened to. */
export async function joinParty(
  simulator: TestSimulator,
  phoneNumber: string,
  config: CompanionOptions['config'] = {},
): Promise<GroupParty> {
  const companion = createCompanion({ url: simulator.url, config });
  const joined = createRecorder<GroupMetadata>();
  const changed = createRecorder<Partial<GroupMetadata>>();
  const people = createRecorder<PeopleChange>();
  const requests = createRecorder<RequestChange>();
  const receipts = createRecorder<MemberReceipt>();
  const listen = ({ ev }: WASocket) => {
    ev.on('groups.upsert', (groups) => groups.forEach(joined.add));
    ev.on('groups.update', (groups) => groups.forEach(changed.add));
    ev.on('group-participants.update', ({ id, action, participants }) =>
      people.add({ id, action, people: participants.map((person) => person.id) }),
    );
    ev.on('group.join-request', ({ id, participant, action }) => requests.add({ id, participant, action }));
    ev.on('message-receipt.update', (updates) => {
      for (const { key, receipt } of updates) {
        const kind = receipt.readTimestamp ? 'read' : 'delivered';
        receipts.add({ id: key.id ?? '', reader: receipt.userJid ?? '', kind });
      }
    });
  };
  const connect = () => {
    companion.connect();
    listen(companion.socket());
  };
  companion.connect();
  await simulator.phone(phoneNumber).scanQr(await companion.nextQr());
  await companion.opened();
  listen(companion.socket());
  await companion.synced();
  const lid = `${simulator.core.findAccount(phoneNumber)?.lid}@lid`;
  return { ...companion, connect, phoneNumber, lid, joined, changed, people, requests, receipts };
}

/** The addresses of these people in an order of their own. */
export function lidsOf(parties: readonly { readonly lid: string }[]): string[] {
  return parties.map(({ lid }) => lid).toSorted();
}

export function pnOf({ phoneNumber }: { readonly phoneNumber: string }): string {
  return `${phoneNumber}@s.whatsapp.net`;
}
