import type { ComponentChildren } from 'preact';
import type { DeviceDetails } from '../../api/device-detail-types.ts';
import { Button } from '../../components/button.tsx';
import { may } from '../../lib/session.ts';
import { c } from '../../texts/common.ts';

export interface DeviceFormProps {
  device: DeviceDetails;
  /** With the device as the server has it now. */
  onChanged(device: DeviceDetails): void;
}

interface FormProps {
  busy: boolean;
  onSave(): void;
  /** Before the button that saves. */
  beside?: ComponentChildren;
  children: ComponentChildren;
}

/** A form one may look at without the right to change it. */
export function Form({ busy, onSave, beside, children }: FormProps) {
  const mayChange = may('device:manage');
  const submit = (event: Event) => {
    event.preventDefault();
    onSave();
  };
  return (
    <form onSubmit={submit}>
      <fieldset class="device-fieldset form" disabled={!mayChange}>
        {children}
        {mayChange && (
          <div class="form-actions">
            {beside}
            <Button type="submit" kind="primary" busy={busy}>
              {c('save')}
            </Button>
          </div>
        )}
      </fieldset>
    </form>
  );
}
