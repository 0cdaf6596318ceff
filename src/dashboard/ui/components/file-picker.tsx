import { useId, useRef, useState } from 'preact/hooks';
import { formatBytes } from '../lib/format.ts';
import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import { IconButton } from './icon-button.tsx';
import './file-picker.css';

interface FilePickerProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  /** As the attribute of an input: `image/*`, `.csv`. */
  accept?: string;
  /** Larger ones are refused here already. */
  maxBytes?: number;
  file: File | null;
  onFile(file: File | null): void;
}

/** One file, by the system's dialog or dropped on the field. */
export function FilePicker({ label, hint, error, accept, maxBytes, file, onFile }: FilePickerProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [tooLarge, setTooLarge] = useState<string>();
  const take = (picked: File | undefined) => {
    if (!picked) return;
    const fits = maxBytes === undefined || picked.size <= maxBytes;
    setTooLarge(fits ? undefined : c('fileTooLarge', { name: picked.name, limit: formatBytes(maxBytes) }));
    if (fits) onFile(picked);
    if (input.current) input.current.value = '';
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer?.files[0]);
  };
  const wrong = error ?? tooLarge;
  return (
    <div class="field">
      <span class="field-label" id={`${id}-label`}>
        {label}
      </span>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button does the same */}
      <div class="file-picker" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <input
          ref={input}
          type="file"
          hidden
          accept={accept}
          onChange={(event) => take(event.currentTarget.files?.[0])}
        />
        {file ? (
          <>
            <span class="grow break">
              {file.name} <span class="muted">({formatBytes(file.size)})</span>
            </span>
            <IconButton
              icon="close"
              label={c('removeFile', { name: file.name })}
              onClick={() => onFile(null)}
            />
          </>
        ) : (
          <>
            <Button
              id={id}
              aria-labelledby={`${id} ${id}-label`}
              aria-describedby={`${id}-say`}
              onClick={() => input.current?.click()}
            >
              {c('chooseFile')}
            </Button>
            <span class="muted">{c('dropFile')}</span>
          </>
        )}
      </div>
      <div id={`${id}-say`}>
        {hint && <p class="field-hint">{hint}</p>}
        {wrong && (
          <p class="field-error" role="alert">
            {wrong}
          </p>
        )}
      </div>
    </div>
  );
}
