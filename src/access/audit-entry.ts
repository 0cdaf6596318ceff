import type { AuditedRequest } from '../http/audit.ts';

/** One line of the audit log. */
export interface AuditEntry extends AuditedRequest {
  /** ULID; later entries sort after earlier ones. */
  readonly auditId: string;
  readonly at: Date;
}

/** Which entries are asked for; what is left out does not matter. */
export interface AuditFilter {
  /** The id of a key or a person. */
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly from?: Date | undefined;
  /** Entries of this very time are left out. */
  readonly to?: Date | undefined;
}
