import type { JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import './button.css';

interface IconButtonProps extends Omit<JSX.IntrinsicElements['button'], 'icon' | 'label'> {
  icon: IconName;
  /** What it does, for those who cannot see it and as a hint for those who can. */
  label: string;
}

export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} class="button button-quiet icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}
