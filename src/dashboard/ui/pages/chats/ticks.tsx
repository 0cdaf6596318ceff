import { t } from './texts.ts';

const TWO = 'M1 10.5l4 4L12.5 6M10 14.5L18.5 6';
const ONE = 'M5 10.5l4 4L16.5 6';
const CLOCK = 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2';
const CROSS = 'M5 5l10 10M15 5L5 15';

const SHAPES: Readonly<Record<string, string>> = {
  server_ack: ONE,
  delivered: TWO,
  read: TWO,
  played: TWO,
  failed: CROSS,
};

/** How far a message of ours got, as people know it from WhatsApp; the words are there as well. */
export function Ticks({ status }: { status: string }) {
  const words = t.maybe(`status.${status}`, status);
  const isSeen = status === 'read' || status === 'played';
  return (
    <span class={`chat-ticks ${isSeen ? 'chat-ticks-seen' : ''}`} title={words}>
      <svg
        width="18"
        height="18"
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
        stroke-linecap="round"
        stroke-linejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        <path d={SHAPES[status] ?? CLOCK} />
      </svg>
      <span class="sr-only">{words}</span>
    </span>
  );
}
