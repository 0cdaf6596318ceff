import { useEffect, useState } from 'preact/hooks';
import { Icon, type IconName } from '../../components/icon.tsx';
import { formatBytes } from '../../lib/format.ts';
import type { Draft, FileDraft, FileKind, Kind } from './draft.ts';
import { isFileKind, takesCaption } from './draft.ts';
import { t } from './texts.ts';
import './bubble.css';

/** A text as the other side sees it, roughly. */
export function TextBubble({ text }: { text: string }) {
  return <p class="bubble break">{text}</p>;
}

/** What is being written, as the other side will see it, roughly. */
export function Bubble({ draft }: { draft: Draft }) {
  const { kind } = draft;
  return (
    <div class="bubble break">
      {draft.quotedMessageId !== '' && <p class="bubble-quote small">{t('replyShown')}</p>}
      {isFileKind(kind) ? <FilePart kind={kind} file={draft} /> : <Content kind={kind} draft={draft} />}
    </div>
  );
}

function Content({ kind, draft }: { kind: Kind; draft: Draft }) {
  switch (kind) {
    case 'location':
      return (
        <>
          <Thing icon="link" title={draft.placeName || t('kind.location')} />
          <p class="small">
            {draft.address} ({draft.latitude || '?'}, {draft.longitude || '?'})
          </p>
        </>
      );
    case 'contact':
      return (
        <ul class="stack-s">
          {draft.contacts.map((contact, index) => (
            <li key={index}>
              <Thing icon="user" title={contact.name || t('kind.contact')} />
              <p class="small">{[contact.organization, contact.number].filter(Boolean).join(' · ')}</p>
            </li>
          ))}
        </ul>
      );
    case 'poll':
      return (
        <>
          <p>
            <strong>{draft.question || t('kind.poll')}</strong>
          </p>
          <p class="small">{t(draft.several ? 'pollSeveral' : 'pollOne')}</p>
          <ul class="bubble-options">
            {draft.options
              .filter((option) => option.trim() !== '')
              .map((option, index) => (
                <li key={index}>{option}</li>
              ))}
          </ul>
        </>
      );
    default:
      return <p>{draft.text || <span class="bubble-empty">{t('previewEmpty')}</span>}</p>;
  }
}

const ICONS: Record<FileKind, IconName> = {
  image: 'file',
  video: 'file',
  gif: 'file',
  audio: 'file',
  voice: 'phone',
  document: 'file',
  sticker: 'file',
};

function FilePart({ kind, file: draft }: { kind: FileKind; file: FileDraft }) {
  const { source, file, url, caption, viewOnce } = draft;
  const name = source === 'url' ? url.split(/[?#]/)[0]?.split('/').at(-1) : file?.name;
  const isPicture = (kind === 'image' || kind === 'sticker') && source === 'file' && file !== null;
  return (
    <>
      {isPicture ? (
        <Picture file={file} />
      ) : (
        <Thing
          icon={ICONS[kind]}
          title={draft.fileName || name || t(`kind.${kind}`)}
          note={source === 'file' && file ? formatBytes(file.size) : undefined}
        />
      )}
      {viewOnce && (kind === 'image' || kind === 'video' || kind === 'voice') && (
        <p class="small">{t('viewOnce')}</p>
      )}
      {takesCaption(kind) && caption !== '' && <p>{caption}</p>}
    </>
  );
}

/** A picture the person chose, from the memory of the browser. */
function Picture({ file }: { file: File }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url === '' ? null : <img class="bubble-picture" src={url} alt={file.name} />;
}

function Thing({ icon, title, note }: { icon: IconName; title: string; note?: string | undefined }) {
  return (
    <p class="bubble-thing">
      <Icon name={icon} />
      <strong class="grow">{title}</strong>
      {note && <span class="small">{note}</span>}
    </p>
  );
}
