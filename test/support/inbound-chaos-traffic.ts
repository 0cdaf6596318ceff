import type { Random } from '../../src/shared/random.ts';
import type { Phone } from '../../src/simulator/phone/phone.ts';
import type { TestSimulator } from './simulator.ts';

/** The account whose device is looked at. */
export const OWNER = '6281200000001';
const BUDI = '6281200000002';
const CITRA = '6281200000003';
/** Says nothing; whenever he leaves a group, everybody in it takes a new sender key. */
const EDO = '6281200000004';
const FIRST_STRANGER = 6_281_300_000_000;

/** A message that was sent, to the owner or by the owner's phone. */
export interface Written {
  readonly id: string;
  readonly kind: 'text' | 'edit' | 'revoke';
  /** The message that is reworded or taken back. */
  readonly target: string | null;
  readonly text: string;
  readonly where: string;
}

/** How much of what is sent goes out once more, and how much is about another message. */
const SENT_AGAIN = 0.14;
const CHANGED = 0.16;

/** People who write to the owner, alone and in groups, for the first time and again. */
export interface Traffic {
  readonly written: readonly Written[];
  /** How often a message was sent once more under its id. */
  readonly repeats: number;
  /** Sends `count` messages, everybody at the same time; resolves when the server has them. */
  round(count: number): Promise<void>;
}

/** Somebody, and how they reach the owner. */
interface Lane {
  readonly phone: Phone;
  readonly places: readonly [Place, ...Place[]];
}

interface Place {
  readonly to: string;
  readonly addressing?: 'lid' | 'pn';
  readonly name: string;
}

export async function startTraffic(simulator: TestSimulator, random: Random): Promise<Traffic> {
  const written: Written[] = [];
  const [owner, budi, citra] = [simulator.phone(OWNER), simulator.phone(BUDI), simulator.phone(CITRA)];
  simulator.phone(EDO);
  const groupOf = async (addressing: 'lid' | 'pn'): Promise<Place> => {
    const members = [OWNER, CITRA, EDO];
    const { group } = await budi.groups.create({ subject: addressing, members, addressing });
    return { to: `${group.id}@g.us`, name: `group by ${addressing}` };
  };
  const groups = [await groupOf('lid'), await groupOf('pn')] as const;
  const direct = (addressing: 'lid' | 'pn'): Place => ({
    to: OWNER,
    addressing,
    name: `person by ${addressing}`,
  });
  let strangers = 0;
  let repeats = 0;

  /** New faces: two write themselves, two are first heard of in a group. */
  const strangersOf = async (): Promise<Lane[]> => {
    const lanes: Lane[] = [];
    for (const place of [direct('pn'), direct('lid'), ...groups]) {
      strangers += 1;
      const phone = simulator.phone(String(FIRST_STRANGER + strangers), 'Stranger');
      if (groups.some(({ to }) => to === place.to))
        await budi.groups.changeMembers(place.to, 'add', [phone.phoneNumber]);
      lanes.push({ phone, places: [place] });
    }
    return lanes;
  };
  const rotate = async () => {
    for (const { to } of groups) {
      await budi.groups.changeMembers(to, 'remove', [EDO]);
      await budi.groups.changeMembers(to, 'add', [EDO]);
    }
  };

  const write = async (lane: Lane, count: number) => {
    /** Those that can still be reworded or taken back. */
    const untouched: Written[] = [];
    for (let left = count; left > 0; ) {
      const chance = random.next();
      const last = untouched.at(-1);
      if (last && chance < SENT_AGAIN) {
        await lane.phone.sendAgain(last.id, chance < SENT_AGAIN / 2 ? 'identical' : 're-encrypted');
        repeats += 1;
        continue;
      }
      left -= 1;
      if (last && chance < SENT_AGAIN + CHANGED) {
        untouched.pop();
        written.push(await change(lane.phone, last, random.next() < 0.5 ? 'edit' : 'revoke'));
        continue;
      }
      const message = await say(lane, `${lane.phone.phoneNumber}/${written.length}/${left}`);
      untouched.push(message);
      written.push(message);
    }
  };
  const say = async ({ phone, places }: Lane, text: string): Promise<Written> => {
    const place = places[Math.floor(random.next() * places.length)] ?? places[0];
    const { id } = await phone.sendText(place.to, text, { addressing: place.addressing });
    return { id, kind: 'text', target: null, text, where: `${phone === owner ? 'own, ' : ''}${place.name}` };
  };

  return {
    written,
    get repeats() {
      return repeats;
    },
    async round(count) {
      await rotate();
      const lanes: Lane[] = [
        { phone: owner, places: [{ to: BUDI, addressing: 'lid', name: 'person by lid' }, ...groups] },
        { phone: budi, places: [direct('pn'), ...groups] },
        { phone: citra, places: [direct('lid'), ...groups] },
        ...(await strangersOf()),
      ];
      const shares = lanes.map((_, lane) => Math.floor((count + lane) / lanes.length));
      await Promise.all(lanes.map((lane, index) => write(lane, shares[index] ?? 0)));
    },
  };
}

async function change(phone: Phone, message: Written, kind: 'edit' | 'revoke'): Promise<Written> {
  const text = `${message.text}, in other words`;
  const { id } = await (kind === 'edit' ? phone.edit(message.id, text) : phone.revoke(message.id));
  return { id, kind, target: message.id, text, where: message.where };
}
