import '../src/node-version-guard.ts';
import { benchConnect } from './connect.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  connect: benchConnect,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench) {
  await bench(args);
} else {
  console.error(
    `Usage: npm run bench -- <name> [options], where <name> is one of: ${Object.keys(BENCHES).join(', ')}`,
  );
  process.exitCode = 64;
}
