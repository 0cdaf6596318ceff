import { useState } from 'preact/hooks';
import type { HistoryMedia, HistoryMessage } from '../../api/history-types.ts';
import { Icon } from '../../components/icon.tsx';
import { formatBytes, formatNumber } from '../../lib/format.ts';
import { authorName } from './names.ts';
import { t } from './texts.ts';

interface MediaViewProps {
  message: HistoryMessage;
  media: HistoryMedia;
}

/** Larger pictures wait until somebody asks for them, in bytes. */
const LARGEST_SHOWN = 5_000_000;

/** A file: what can be seen or heard is, anything can be taken away. The server checked its bytes; they come from nowhere else. */
export function MediaView({ message, media }: MediaViewProps) {
  const [isGone, setGone] = useState(false);
  const path = ownPath(media.downloadPath);
  const gone = () => setGone(true);
  const kind = path === null || isGone ? 'none' : message.type;
  const isSmall = (media.sizeBytes ?? 0) <= LARGEST_SHOWN;
  return (
    <>
      {path !== null && (kind === 'image' || kind === 'sticker') && isSmall && (
        <img
          class={kind === 'sticker' ? 'chat-sticker' : 'chat-picture'}
          src={path}
          loading="lazy"
          alt={message.text ?? t('pictureOf', { name: authorName(message) })}
          width={media.width ?? undefined}
          height={media.height ?? undefined}
          onError={gone}
        />
      )}
      {path !== null && (kind === 'video' || kind === 'gif') && (
        // biome-ignore lint/a11y/useMediaCaption: people send films without subtitles
        <video class="chat-picture" src={path} controls preload="none" onError={gone} />
      )}
      {path !== null && (kind === 'audio' || kind === 'voice') && (
        // biome-ignore lint/a11y/useMediaCaption: people send voice notes without subtitles
        <audio class="chat-sound" src={path} controls preload="none" onError={gone} />
      )}
      <FileLine message={message} media={media} path={isGone ? null : path} isGone={isGone} />
    </>
  );
}

interface FileLineProps extends MediaViewProps {
  path: string | null;
  isGone: boolean;
}

function FileLine({ message, media, path, isGone }: FileLineProps) {
  const kind = t.maybe(`type.${message.type}`, message.type);
  const name = media.fileName ?? kind;
  const facts = [
    ...(media.sizeBytes ? [formatBytes(media.sizeBytes)] : []),
    ...(media.seconds ? [t('seconds', { count: formatNumber(media.seconds) })] : []),
  ];
  return (
    <p class="chat-file small">
      <Icon name="file" />
      <span class="grow break">
        <bdi>{name}</bdi>
        {facts.length > 0 && <span class="muted"> · {facts.join(' · ')}</span>}
        {path === null && <span class="muted chat-gone">{t(isGone ? 'mediaGone' : 'mediaAway')}</span>}
      </span>
      {path !== null && (
        <a href={path} download aria-label={t('downloadName', { name })}>
          {t('download')}
        </a>
      )}
    </p>
  );
}

/** Only the server's own address: whatever an answer says, nothing else is asked for. */
function ownPath(path: string | null | undefined): string | null {
  return path?.startsWith('/api/') ? path : null;
}
