/** The shapes of /api/auth as the pages read them. */
export type Scope =
  | 'device:read'
  | 'device:link'
  | 'device:manage'
  | 'message:read'
  | 'message:send'
  | 'group:manage'
  | 'report:read'
  | 'webhook:manage'
  | 'admin';

export type Role = 'admin' | 'operator' | 'viewer';

export interface SignedOut {
  readonly authenticated: false;
  readonly setupNeeded: boolean;
  readonly sandbox: boolean;
}

export interface SignedIn {
  readonly authenticated: true;
  readonly setupNeeded: false;
  readonly sandbox: boolean;
  readonly user: {
    readonly userId: string;
    readonly name: string;
    readonly email: string;
    readonly role: Role;
    readonly locale: string | null;
  };
  readonly scopes: readonly Scope[];
  readonly deviceIds: readonly string[] | null;
  readonly csrfToken: string;
  readonly expiresAt: string;
}

export type Session = SignedOut | SignedIn;
