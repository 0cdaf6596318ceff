import { openDatabase } from '../../src/database/database.ts';
import { createLeaseKeeper } from '../../src/leases/lease-keeper.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIds, type DeviceId } from '../../src/shared/ids.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { systemRandom } from '../../src/shared/random.ts';

/** A process that claims devices, says so on standard output and lives until it is killed: `<url> <dataDir> <deviceId>…`. */
const [url = '', dataDir = '', ...deviceIds] = process.argv.slice(2);
const clock = systemClock;
const database = await openDatabase({ url, log: silentLogger, clock });
const ids = createIds({ clock, random: systemRandom });
const keeper = createLeaseKeeper({ database, clock, ids, log: silentLogger, dataDir });
await keeper.start();
for (const deviceId of deviceIds) console.log(JSON.stringify(await keeper.claim(deviceId as DeviceId)));
console.log('held');
process.stdin.resume();
