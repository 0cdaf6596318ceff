import { StatusPill, type Tone } from '../../components/badge.tsx';
import { t } from './texts.ts';

const TONES: Readonly<Record<string, Tone>> = {
  queued: 'neutral',
  sending: 'info',
  server_ack: 'info',
  delivered: 'ok',
  read: 'ok',
  played: 'ok',
  failed: 'danger',
  expired: 'danger',
  held: 'warn',
  cancelled: 'neutral',
};

/** How far a message we sent has come. */
export function MessageStatus({ status }: { status: string }) {
  return <StatusPill tone={TONES[status] ?? 'neutral'}>{messageStatusText(status)}</StatusPill>;
}

export function messageStatusText(status: string): string {
  return t.maybe(`sent.${status}`, status);
}
