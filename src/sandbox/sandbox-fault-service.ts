import { FAULT_KINDS } from './fault-kinds.ts';
import { CausedSchema, SimulatedFaults } from './sandbox-fault-schemas.ts';
import type { SimulatorControl } from './simulator-control.ts';

export type SandboxFaultService = ReturnType<typeof createSandboxFaultService>;

/** What the simulator does wrong on request. Methods throw what SimulatorControl throws. */
export function createSandboxFaultService({ control }: { control: SimulatorControl }) {
  const listed = ({
    faults,
  }: {
    faults: readonly { id: string; strikes: number; fault: { kind: string } }[];
  }) => ({
    items: [...faults],
    total: faults.length,
    kinds: FAULT_KINDS.map(({ kind, fields }) => ({ kind, fields: [...fields] })),
  });

  return {
    /** Those that are armed, and the kinds there are. */
    list: async () => listed(await control.ask(SimulatedFaults, { method: 'GET', path: ['faults'] })),

    /** Resolves with the id that clears it. */
    cause: (fault: { readonly kind: string }) =>
      control.ask(CausedSchema, { method: 'POST', path: ['faults'], body: fault }),

    clear: async (faultId: string) =>
      listed(await control.ask(SimulatedFaults, { method: 'DELETE', path: ['faults', faultId] })),

    clearAll: async () => listed(await control.ask(SimulatedFaults, { method: 'DELETE', path: ['faults'] })),
  };
}
