import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { installConsoleGuard } from './console-guard.ts';

/** Everything Baileys exports; a type only, so that naming it loads nothing. */
export type BaileysLibrary = typeof import('@whiskeysockets/baileys');

let library: Promise<BaileysLibrary> | null = null;

/**
 * Guards the console of the process, then loads Baileys (and with it libsignal) once. Loading takes some hundred
 * milliseconds, so start-up calls it after the HTTP server listens and nothing imports Baileys for values.
 */
export function preloadBaileys(deps: { log: Logger; clock: Clock }): Promise<BaileysLibrary> {
  library ??= load(deps);
  return library;
}

function load(deps: { log: Logger; clock: Clock }): Promise<BaileysLibrary> {
  installConsoleGuard(deps);
  return import('@whiskeysockets/baileys');
}
