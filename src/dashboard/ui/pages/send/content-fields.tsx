import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { TextArea, TextField } from '../../components/field.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import type { ApiError } from '../../lib/api-error.ts';
import { type ContactDraft, type Draft, EMPTY_CONTACT, isFileKind } from './draft.ts';
import { FileFields } from './file-fields.tsx';
import { t } from './texts.ts';

interface ContentFieldsProps {
  draft: Draft;
  onDraft(change: Partial<Draft>): void;
  error: ApiError | null;
}

/** The fields of the chosen kind. */
export function ContentFields(props: ContentFieldsProps) {
  const { draft, onDraft, error } = props;
  if (isFileKind(draft.kind)) return <FileFields {...props} kind={draft.kind} />;
  if (draft.kind === 'location') return <LocationFields {...props} />;
  if (draft.kind === 'contact') return <ContactFields {...props} />;
  if (draft.kind === 'poll') return <PollFields {...props} />;
  return (
    <TextArea
      label={t('text')}
      required
      rows={6}
      maxLength={4096}
      value={draft.text}
      onValue={(text) => onDraft({ text })}
      error={error?.fieldMessage('text')}
    />
  );
}

function LocationFields({ draft, onDraft, error }: ContentFieldsProps) {
  return (
    <>
      <div class="columns">
        <TextField
          label={t('latitude')}
          hint={t('latitudeHint')}
          required
          inputMode="decimal"
          value={draft.latitude}
          onValue={(latitude) => onDraft({ latitude })}
          error={error?.fieldMessage('latitude')}
        />
        <TextField
          label={t('longitude')}
          hint={t('longitudeHint')}
          required
          inputMode="decimal"
          value={draft.longitude}
          onValue={(longitude) => onDraft({ longitude })}
          error={error?.fieldMessage('longitude')}
        />
      </div>
      <TextField
        label={t('placeName')}
        hint={t('optional')}
        maxLength={200}
        value={draft.placeName}
        onValue={(placeName) => onDraft({ placeName })}
        error={error?.fieldMessage('name')}
      />
      <TextField
        label={t('address')}
        hint={t('optional')}
        maxLength={500}
        value={draft.address}
        onValue={(address) => onDraft({ address })}
        error={error?.fieldMessage('address')}
      />
    </>
  );
}

function ContactFields({ draft: { contacts }, onDraft, error }: ContentFieldsProps) {
  const change = (at: number, fields: Partial<ContactDraft>) =>
    onDraft({ contacts: contacts.map((each, index) => (index === at ? { ...each, ...fields } : each)) });
  return (
    <>
      {contacts.map((contact, index) => (
        <fieldset key={index} class="send-set">
          <legend>{t('contactOf', { number: index + 1 })}</legend>
          <TextField
            label={t('name')}
            required
            maxLength={200}
            value={contact.name}
            onValue={(name) => change(index, { name })}
            error={error?.fieldMessage(`contacts.${index}.name`)}
          />
          <TextField
            label={t('number')}
            required
            type="tel"
            maxLength={80}
            value={contact.number}
            onValue={(number) => change(index, { number })}
            error={error?.fieldMessage(`contacts.${index}.number`)}
          />
          <TextField
            label={t('organization')}
            hint={t('optional')}
            maxLength={200}
            value={contact.organization}
            onValue={(organization) => change(index, { organization })}
            error={error?.fieldMessage(`contacts.${index}.organization`)}
          />
          {contacts.length > 1 && (
            <div class="form-actions">
              <Button onClick={() => onDraft({ contacts: contacts.filter((_, each) => each !== index) })}>
                {t('removeContact')}
              </Button>
            </div>
          )}
        </fieldset>
      ))}
      {contacts.length < 50 && (
        <div>
          <Button onClick={() => onDraft({ contacts: [...contacts, EMPTY_CONTACT] })}>
            {t('addContact')}
          </Button>
        </div>
      )}
    </>
  );
}

function PollFields({ draft: { question, options, several }, onDraft, error }: ContentFieldsProps) {
  const change = (at: number, text: string) =>
    onDraft({ options: options.map((each, index) => (index === at ? text : each)) });
  return (
    <>
      <TextField
        label={t('question')}
        required
        maxLength={255}
        value={question}
        onValue={(text) => onDraft({ question: text })}
        error={error?.fieldMessage('question')}
      />
      {options.map((option, index) => (
        <div key={index} class="send-option">
          <TextField
            label={t('option', { number: index + 1 })}
            required={index < 2}
            maxLength={100}
            value={option}
            onValue={(text) => change(index, text)}
            error={error?.fieldMessage(`options.${index}`)}
          />
          {options.length > 2 && (
            <IconButton
              icon="close"
              label={t('removeOption', { number: index + 1 })}
              onClick={() => onDraft({ options: options.filter((_, each) => each !== index) })}
            />
          )}
        </div>
      ))}
      {error?.fieldMessage('options') && <p class="field-error">{error.fieldMessage('options')}</p>}
      {options.length < 12 && (
        <div>
          <Button onClick={() => onDraft({ options: [...options, ''] })}>{t('addOption')}</Button>
        </div>
      )}
      <Checkbox checked={several} onChecked={(on) => onDraft({ several: on })}>
        {t('pollSeveral')}
      </Checkbox>
    </>
  );
}
