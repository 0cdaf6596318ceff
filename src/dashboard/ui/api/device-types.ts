/** The shapes of devices as the pages read them; test/unit/dashboard/api-types.test.ts compares them with the server's. */
export type DeviceStatus =
  | 'created'
  | 'connecting'
  | 'pairing'
  | 'connected'
  | 'reconnecting'
  | 'disconnected'
  | 'logged_out'
  | 'cancelled'
  | 'error';

export interface DeviceCause {
  readonly code: string;
  readonly source: string;
  readonly reason: string;
  readonly retryAt: string | null;
  readonly action: string | null;
}

export interface DeviceWarning {
  readonly code: string;
  readonly reason: string;
  readonly action: string | null;
  readonly since: string;
}

export interface Device {
  readonly deviceId: string;
  readonly recordNumber: number;
  readonly deviceName: string | null;
  readonly status: DeviceStatus;
  readonly isConnected: boolean;
  readonly phoneNumber: string | null;
  readonly pushName: string | null;
  readonly qrCode: string | null;
  readonly pairingCode: string | null;
  readonly connectionAttempts: number;
  readonly lastActivity: string | null;
  readonly syncProgress: number;
  readonly authMethod: string | null;
  readonly hasSession: boolean;
  readonly hasProxy: boolean;
  readonly cause: DeviceCause | null;
  readonly warnings: readonly DeviceWarning[];
  readonly createdAt: string;
  readonly tags: readonly string[];
}

/** A page of any list of the API. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly page: number;
  readonly pageSize: number;
  readonly nextCursor: string | null;
}
