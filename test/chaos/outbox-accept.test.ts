import { afterEach, expect, it } from 'vitest';
import { type Chaos, pause, startChaos } from '../support/outbox-chaos.ts';
import {
  type Accepted,
  callers,
  connectAll,
  messagesOf,
  postText,
  stopAll,
} from '../support/outbox-chaos-calls.ts';
import { NOTHING_WRONG, startJudge } from '../support/outbox-chaos-judge.ts';
import { CHAOS, describeOnServices, describeOnServicesFirst } from '../support/outbox-chaos-plan.ts';

const REQUESTS = CHAOS.items(CHAOS.isLong ? 1_000 : 200);
const KILLS = CHAOS.isLong ? 8 : 2;
const timeout = CHAOS.isLong ? 600_000 : 120_000;

let chaos: Chaos;
afterEach(() => chaos.close());

function judgeOf({ simulator, devices, recipients }: Chaos) {
  return startJudge(simulator, { senders: devices.map(({ phoneNumber }) => phoneNumber), recipients });
}

/** As when the machine loses power: the server, its database and its Redis, at once. */
async function killEverything({ host, mariadb, redis }: Chaos): Promise<void> {
  await Promise.all([host.end('SIGKILL'), mariadb?.kill(), redis?.kill()]);
  await Promise.all([mariadb?.restart(), redis?.restart()]);
  await host.start();
}

/** Half of the requests of each round are answered, then everything is killed; resolves with what was answered. */
async function acceptAndKill({ requests, kills }: { requests: number; kills: number }): Promise<Accepted[]> {
  // Devices that are away: nothing is sent before the last kill.
  await stopAll(chaos);
  const accepted: Accepted[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const first = (requests / kills) * kill;
    const enough = accepted.length + requests / kills / 2;
    let killed: Promise<void> | null = null;
    await callers({ requests: requests / kills, atOnce: 24 }, async (index) => {
      const answer = await postText(chaos, first + index);
      if (!answer) return;
      expect(answer.status).toBe(202);
      accepted.push(answer);
      if (accepted.length >= enough) killed ??= killEverything(chaos);
    });
    await killed;
  }
  return accepted;
}

describeOnServicesFirst('a request that sends', (storage) => {
  it('G3: that was answered with 202 is sent, though everything is killed as soon as it was answered', {
    timeout,
  }, async () => {
    chaos = await startChaos({ storage, devices: 4, recipients: 4 });
    const judge = judgeOf(chaos);
    const accepted = await acceptAndKill({ requests: REQUESTS, kills: KILLS });
    expect(accepted.length).toBeGreaterThan(REQUESTS / 3);

    await connectAll(chaos);
    await judge.allArrived(
      accepted.map(({ messageId }) => messageId),
      60_000,
    );
    const sent = judge.ids();
    expect(accepted.filter(({ messageId }) => !sent.has(messageId))).toEqual([]);
    expect(judge.judge(await messagesOf(chaos)).wrong).toEqual(NOTHING_WRONG);
  });

  it('G27: with a key, repeated until it is answered, is done once, however often the server dies meanwhile', {
    timeout,
  }, async () => {
    chaos = await startChaos({ storage, devices: 4, recipients: 4 });
    const judge = judgeOf(chaos);
    const answers = new Map<number, Set<string>>();
    const killed = Promise.withResolvers<void>();
    let count = 0;
    await callers({ requests: 100, atOnce: 20 }, async (index) => {
      // Everybody asks twice, at the same time, until there is an answer.
      answers.set(index, new Set(await Promise.all([1, 2].map(() => untilAnswered(index)))));
      count += 1;
      if (count === 40) killed.resolve(chaos.host.end('SIGKILL').then(() => chaos.host.start()));
    });
    await killed.promise;
    const ids = [...answers.values()].flatMap((each) => [...each]);
    expect([...answers].filter(([, each]) => each.size > 1)).toEqual([]);
    expect(new Set(ids).size).toBe(100);
    await judge.allArrived(ids, 60_000);
    const rows = await messagesOf(chaos);
    expect(rows).toHaveLength(100);
    expect(judge.judge(rows).wrong).toEqual(NOTHING_WRONG);
  });
});

// The short form of this control is in the contract suite of the outbox's guarantees.
if (CHAOS.isLong) {
  describeOnServices('a request that sends', () => {
    it('G3, control: on a database that writes its log once a second, is lost after 202', {
      timeout,
    }, async () => {
      const storage = 'MariaDB and Redis';
      chaos = await startChaos({ storage, devices: 2, recipients: 2, flushAtCommit: 0 });
      // Pairing is on the disk by the time the first message is asked for.
      await pause(2_000);
      const accepted = await acceptAndKill({ requests: 80, kills: 1 });
      const rows = new Set((await messagesOf(chaos, { withinMs: 0 })).map(({ messageId }) => messageId));
      expect(accepted.filter(({ messageId }) => !rows.has(messageId))).not.toEqual([]);
    });
  });
}

/** The id of the message that a request with this number made, whoever of those who asked made it. */
async function untilAnswered(index: number): Promise<string> {
  for (;;) {
    const answer = await postText(chaos, index, `request ${index}`);
    if (answer) return answer.messageId;
  }
}
