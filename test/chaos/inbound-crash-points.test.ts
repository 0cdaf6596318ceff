import { expect, it } from 'vitest';
import { describeOnEachDatabase } from '../support/databases.ts';
import { type CrashStage, startCrashStage } from '../support/inbound-crash.ts';
import { CHAOS } from '../support/outbox-chaos-plan.ts';
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts';

const OWNER = '6281200000001';
const BUDI = '6281200000002';
const FIRST_STRANGER = 6_281_300_000_001;

interface Scenario {
  readonly name: string;
  /** Sends one message in a situation that has not been there before; resolves with its id. */
  send(simulator: TestSimulator, text: string): Promise<string>;
}

let strangers = 0;
const stranger = (simulator: TestSimulator) => {
  strangers += 1;
  return simulator.phone(String(FIRST_STRANGER + strangers), 'Stranger');
};
const sent = async (message: Promise<{ readonly id: string }>) => (await message).id;

/** Of a group that Budi and the owner are in: the first message of somebody who was added just now. */
async function firstInGroup(simulator: TestSimulator, text: string, addressing: 'lid' | 'pn') {
  const author = stranger(simulator);
  const group = await groupOf(simulator, addressing);
  await simulator.phone(BUDI).groups.changeMembers(group, 'add', [author.phoneNumber]);
  return author.sendText(group, text);
}

async function groupOf(simulator: TestSimulator, addressing: 'lid' | 'pn'): Promise<string> {
  const { groups } = simulator.phone(BUDI);
  const known = groups.list().find(({ subject }) => subject.text === addressing);
  const make = () => groups.create({ subject: addressing, members: [OWNER], addressing });
  return `${(known ?? (await make()).group).id}@g.us`;
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'first message in a group, by LID',
    send: (simulator, text) => sent(firstInGroup(simulator, text, 'lid')),
  },
  {
    name: 'first message in a group, by number',
    send: (simulator, text) => sent(firstInGroup(simulator, text, 'pn')),
  },
  {
    name: 'another message in a group',
    send: async (simulator, text) =>
      sent(simulator.phone(BUDI).sendText(await groupOf(simulator, 'lid'), text)),
  },
  {
    name: 'first contact by number',
    send: (simulator, text) => sent(stranger(simulator).sendText(OWNER, text, { addressing: 'pn' })),
  },
  {
    name: 'first contact by LID',
    send: (simulator, text) => sent(stranger(simulator).sendText(OWNER, text, { addressing: 'lid' })),
  },
  {
    name: 'copy of an own message',
    send: (simulator, text) => sent(simulator.phone(OWNER).sendText(BUDI, text)),
  },
];

/** What a run without the journal must lose something of; all kinds in the long form. */
const CONTROL = SCENARIOS.filter(({ name }) => name === 'first contact by LID');

/** Kills at every point of one kind of message; the ids that were confirmed to WhatsApp and are in no list. */
async function killEverywhere(
  stage: CrashStage,
  { simulator, scenario, patienceMs }: { simulator: TestSimulator; scenario: Scenario; patienceMs: number },
) {
  const lost: string[] = [];
  const twice: string[] = [];
  let points = 0;
  for (let commit = 1; ; commit += 1) {
    for (const side of ['before', 'after'] as const) {
      const send = () => scenario.send(simulator, `${scenario.name}, ${side} ${commit}`);
      const { waMessageId, killed } = await stage.crashAt({ side, commit }, send);
      if (!killed) return { points, lost, twice };
      points += 1;
      await stage.settle(() => sent(simulator.phone(BUDI).sendText(OWNER, 'and now?')));
      const times = await stage.timesStored(waMessageId, patienceMs);
      if (times === 0)
        lost.push(`${side} ${commit}${stage.isReceipted(waMessageId) ? '' : ' (unconfirmed)'}`);
      if (times > 1) twice.push(`${side} ${commit}`);
    }
  }
}

describeOnEachDatabase('G6: SIGKILL before and after every commit of a message', (open) => {
  for (const journal of open.dialect === 'sqlite' || CHAOS.isLong
    ? (['on', 'off'] as const)
    : (['on'] as const)) {
    it(journal === 'on' ? 'loses nothing' : 'loses messages without the journal', {
      timeout: 400_000,
    }, async () => {
      const databaseUrl = await open.freshUrl();
      const database = await open(databaseUrl);
      const simulator = await startTestSimulator();
      simulator.phone(BUDI, 'Budi');
      const stage = await startCrashStage({ simulator, database, databaseUrl, phoneNumber: OWNER, journal });
      await stage.settle(() => sent(simulator.phone(BUDI).sendText(OWNER, 'hello')));
      const group = await groupOf(simulator, 'lid');
      await stage.settle(() => sent(simulator.phone(BUDI).sendText(group, 'hello all')));
      const lost: string[] = [];
      for (const scenario of journal === 'on' || CHAOS.isLong ? SCENARIOS : CONTROL) {
        const result = await killEverywhere(stage, {
          simulator,
          scenario,
          patienceMs: journal === 'on' ? 10_000 : 1_500,
        });
        process.stdout.write(`journal ${journal}, ${scenario.name}: ${JSON.stringify(result)}\n`);
        expect(result.points).toBeGreaterThan(1);
        expect(result.twice).toEqual([]);
        lost.push(...result.lost);
      }
      if (journal === 'on') expect(lost).toEqual([]);
      else expect(lost.length).toBeGreaterThan(0);
      await simulator.close();
    });
  }
});
