import { Checkbox } from '../../components/checkbox.tsx';
import { errorText } from '../../components/error-state.tsx';
import { TextArea, TextField } from '../../components/field.tsx';
import { FilePicker } from '../../components/file-picker.tsx';
import { Select } from '../../components/select.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { ACCEPTS, type FileDraft, type FileKind, takesCaption, takesViewOnce } from './draft.ts';
import { t } from './texts.ts';

interface FileFieldsProps {
  kind: FileKind;
  draft: FileDraft;
  onDraft(change: Partial<FileDraft>): void;
  error: ApiError | null;
}

/** A file from here or from an address, and what is said of it. */
export function FileFields(props: FileFieldsProps) {
  const { kind, draft, onDraft, error } = props;
  return (
    <>
      <SourceFields {...props} />
      {kind === 'document' && (
        <TextField
          label={t('fileName')}
          hint={t('optional')}
          maxLength={255}
          value={draft.fileName}
          onValue={(fileName) => onDraft({ fileName })}
          error={error?.fieldMessage('fileName')}
        />
      )}
      {takesCaption(kind) && (
        <TextArea
          label={t('caption')}
          hint={t('optional')}
          maxLength={1024}
          rows={2}
          value={draft.caption}
          onValue={(caption) => onDraft({ caption })}
          error={error?.fieldMessage('caption')}
        />
      )}
      {takesViewOnce(kind) && (
        <Checkbox checked={draft.viewOnce} onChecked={(viewOnce) => onDraft({ viewOnce })}>
          {t('viewOnce')}
        </Checkbox>
      )}
    </>
  );
}

function SourceFields({ kind, draft, onDraft, error }: FileFieldsProps) {
  const problem = fileProblem(error);
  const sources = [
    { value: 'file' as const, label: t('sourceFile') },
    { value: 'url' as const, label: t('sourceUrl') },
  ];
  return (
    <>
      <Select
        label={t('source')}
        options={sources}
        value={draft.source}
        onValue={(source) => onDraft({ source })}
      />
      {draft.source === 'file' ? (
        <FilePicker
          label={t('file')}
          hint={t.maybe(`fileHint.${kind}`, '')}
          accept={ACCEPTS[kind]}
          file={draft.file}
          onFile={(file) => onDraft({ file })}
          error={problem}
        />
      ) : (
        <TextField
          label={t('url')}
          hint={t('urlHint')}
          type="url"
          required
          maxLength={2048}
          placeholder="https://"
          value={draft.url}
          onValue={(url) => onDraft({ url })}
          error={error?.fieldMessage('url') ?? problem}
        />
      )}
    </>
  );
}

/** What is wrong with the file itself is said where the file is. */
function fileProblem(error: ApiError | null): string | undefined {
  if (!error) return undefined;
  const isAbout =
    error.code.startsWith('MEDIA_') || error.code.startsWith('URL_') || error.code === 'BODY_TOO_LARGE';
  return error.fieldMessage('file') ?? (isAbout ? errorText(error) : undefined);
}
