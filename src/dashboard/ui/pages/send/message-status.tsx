import type { Problem } from '../../api/sending-types.ts';
import { StatusPill, type Tone } from '../../components/badge.tsx';
import { c } from '../../texts/common.ts';
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

/** Why a message failed: in our words where we have some, with WhatsApp's code where that is all there is. */
export function sendErrorText({ code, message }: Problem): string {
  const number = /^WA_(\d+)$/.exec(code)?.[1];
  const said = number === undefined ? message : t('refusedWith', { code: number });
  return t.maybe(`failed.${code}`, c.maybe(`error.${code}`, said));
}
