import type { Statement } from '../database/database.ts';
import type { Clock } from '../shared/clock.ts';
import type { DeviceId } from '../shared/ids.ts';
import type { StorageRule } from './allowed-number.ts';
import type { AllowedNumberRepository } from './allowed-number-repository.ts';

/** What may be kept, and the condition that must still hold in the transaction that keeps it. */
export interface StorageDecision {
  readonly rule: StorageRule;
  /** Undefined where nothing is kept anyway. */
  readonly guard: Statement | undefined;
}

/** What may be kept of what devices receive. */
export interface StorageRules {
  /**
   * Cheap: at most a second old, and in this process never older than the last change. `whatsappNumber` is the device's own; null
   * when it is not known, and then nothing can be decided and nothing is kept. Throws what Database throws.
   */
  decide(deviceId: DeviceId, whatsappNumber: string | null): Promise<StorageDecision>;
  /** Whether anything of what the device says or is told may be kept beside history. As cheap, and as old. */
  mayKeepBodies(deviceId: DeviceId): Promise<boolean>;
  /** Somebody decided otherwise about the number, or a guard did not hold. */
  forget(whatsappNumber: string): void;
}

interface RulesDeps {
  readonly repository: Pick<AllowedNumberRepository, 'statusOf' | 'statusOfDevice' | 'guard'>;
  readonly clock: Clock;
}

const BELIEVED_MS = 1_000;
/** Numbers are those of our own devices; more than this are not looked up again and again. */
const REMEMBERED = 10_000;
const WITHHELD: StorageDecision = { rule: 'withheld', guard: undefined };

export function createStorageRules({ repository, clock }: RulesDeps): StorageRules {
  const known = new Map<string, { rule: StorageRule; until: number }>();
  const devices = new Map<DeviceId, { mayKeep: boolean; until: number }>();
  /** Counts what was forgotten, so that an answer that was under way then is not believed. */
  let version = 0;

  const ask = async (whatsappNumber: string): Promise<StorageRule> => {
    const asked = version;
    const rule = RULE_OF[(await repository.statusOf(whatsappNumber)) ?? 'undecided'];
    if (known.size >= REMEMBERED) known.clear();
    if (asked === version) known.set(whatsappNumber, { rule, until: clock.monotonic() + BELIEVED_MS });
    return rule;
  };

  return {
    async decide(deviceId, whatsappNumber) {
      if (whatsappNumber === null) return WITHHELD;
      const found = known.get(whatsappNumber);
      const isFresh = found !== undefined && clock.monotonic() < found.until;
      const rule = isFresh ? found.rule : await ask(whatsappNumber);
      return { rule, guard: repository.guard(rule, { deviceId, whatsappNumber }) };
    },
    async mayKeepBodies(deviceId) {
      const found = devices.get(deviceId);
      if (found && clock.monotonic() < found.until) return found.mayKeep;
      const asked = version;
      const status = await repository.statusOfDevice(deviceId);
      const mayKeep = status === 'aktif' || status === 'undecided';
      if (devices.size >= REMEMBERED) devices.clear();
      if (asked === version) devices.set(deviceId, { mayKeep, until: clock.monotonic() + BELIEVED_MS });
      return mayKeep;
    },
    forget(whatsappNumber) {
      version += 1;
      devices.clear();
      known.delete(whatsappNumber);
    },
  };
}

const RULE_OF = { aktif: 'history', nonaktif: 'withheld', undecided: 'recent' } as const;
