/** The shapes of /api/sandbox as the pages read them; test/unit/dashboard/admin-types.test.ts compares them with the server's. */
export interface AutoReply {
  readonly text: string;
  readonly match: string | null;
}

/** A simulated phone. */
export interface SandboxPhone {
  readonly phoneNumber: string;
  readonly pushName: string;
  readonly lid: string;
  readonly devices: readonly { readonly device: number; readonly online: boolean }[];
  /** How many the phone shows. */
  readonly messages: number;
  readonly autoReply: AutoReply | null;
  /** The device of this server that is linked with it. */
  readonly deviceId: string | null;
}

export interface PhoneMessage {
  readonly id: string;
  /** `own-copy`: sent by a device that is linked with the phone. */
  readonly direction: 'received' | 'sent' | 'own-copy';
  readonly chat: string;
  readonly peer: string | null;
  readonly author: string | null;
  readonly kind: string;
  readonly text: string | null;
  /** The message it changes, reacts to or votes on. */
  readonly target: string | null;
  readonly quoted: string | null;
  readonly edited: boolean;
  readonly revoked: boolean;
  /** By phone number. */
  readonly reactions: Readonly<Record<string, string>>;
  readonly media: { readonly fileName: string | null; readonly bytes: number } | null;
  readonly poll: {
    readonly options: readonly string[];
    readonly votes: Readonly<Record<string, readonly string[]>>;
  } | null;
  readonly at: string;
  readonly status: 'pending' | 'sent' | 'delivered' | 'received' | 'read';
}

export interface PhoneGroup {
  readonly id: string;
  readonly subject: string;
}

export interface FaultField {
  readonly name: string;
  readonly type: 'integer' | 'choice' | 'code';
  readonly required: boolean;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly choices?: readonly string[] | undefined;
}

export interface FaultKind {
  readonly kind: string;
  readonly fields: readonly FaultField[];
}

/** A trouble that waits for its moment; `fault` is what was asked for. */
export interface ArmedFault {
  readonly id: string;
  readonly strikes: number;
  readonly fault: { readonly kind: string; readonly [field: string]: unknown };
}

export interface FaultList {
  readonly items: readonly ArmedFault[];
  readonly total: number;
  /** What can be caused. */
  readonly kinds: readonly FaultKind[];
}
