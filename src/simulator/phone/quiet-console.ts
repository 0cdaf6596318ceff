const METHODS = ['debug', 'error', 'info', 'log', 'warn'] as const;

let installed = false;

/**
 * Drops what libsignal writes to the console: it prints whole Signal sessions, private keys included.
 * Everybody else's lines pass. Process-wide, and harmless to call twice.
 */
export function silenceLibsignal(): void {
  if (installed) return;
  installed = true;
  const { console: target } = globalThis;
  for (const method of METHODS) {
    const original = target[method].bind(target);
    target[method] = (...values: unknown[]) => {
      if (!calledFromLibsignal()) original(...values);
    };
  }
}

/** Only the caller's own frame counts: a test that merely drives libsignal may still print. */
function calledFromLibsignal(): boolean {
  const [, , , caller = ''] = new Error('who prints').stack?.split('\n') ?? [];
  return /[\\/]libsignal[\\/]/.test(caller);
}
