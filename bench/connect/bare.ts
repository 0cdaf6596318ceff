import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ask, end, sampleOf } from '../support/messages.ts';
import type { Contender } from './contender.ts';

const LOOP = fileURLToPath(new URL('./bare-loop.ts', import.meta.url));
const PROBE = new URL('../support/probe.ts', import.meta.url).href;

/** The bare Baileys loop with sessions from `file`. */
export function bareLoop(options: { file: string; url: string; rootKeyHex: string }): Contender {
  return {
    name: 'bare loop',
    async start() {
      const child = fork(LOOP, [options.file, options.url, options.rootKeyHex], {
        execArgv: ['--expose-gc', '--import', PROBE],
      });
      return {
        firstLine: null,
        async open(times) {
          await ask(child, { kind: 'open', times });
        },
        sample: () => sampleOf(child),
        requestMs: null,
        kill: () => end(child, 'SIGKILL'),
      };
    },
  };
}
