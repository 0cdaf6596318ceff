import { assertNever } from '../shared/exhaustive.ts';
import type { OutgoingContent, OutgoingKind } from '../whatsapp/outgoing.ts';

/** How a row says what its message says: a plain text needs no more than `text`. */
export interface ContentColumns {
  readonly kind: OutgoingKind;
  /** What people read in lists, whatever the kind. */
  readonly text: string | null;
  readonly content: OutgoingContent | null;
}

export function toContentColumns(content: OutgoingContent): ContentColumns {
  const { kind } = content;
  const text = readableText(content);
  return { kind, text, content: isPlainText(content) ? null : content };
}

export function contentOf({ text, content }: Pick<ContentColumns, 'text' | 'content'>): OutgoingContent {
  return content ?? { kind: 'text', text: text ?? '' };
}

function isPlainText(content: OutgoingContent): boolean {
  if (content.kind !== 'text') return false;
  return !content.quoted && !content.isForwarded && (content.mentions ?? []).length === 0;
}

function readableText(content: OutgoingContent): string | null {
  switch (content.kind) {
    case 'text':
    case 'edit':
      return content.text;
    case 'location':
      return content.name ?? content.address;
    case 'contact':
      return content.contacts.map(({ name }) => name).join(', ');
    case 'poll':
      return content.question;
    case 'reaction':
      return content.emoji;
    case 'image':
    case 'video':
    case 'gif':
    case 'audio':
    case 'voice':
    case 'document':
    case 'sticker':
      return content.caption ?? content.media.fileName;
    case 'revoke':
      return null;
    default:
      return assertNever(content);
  }
}
