import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';
import './states.css';

interface EmptyStateProps {
  icon?: IconName;
  title: string;
  /** Why it is empty and what one can do. */
  children?: ComponentChildren;
  action?: ComponentChildren;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div class="state">
      {icon && <Icon name={icon} />}
      <h2>{title}</h2>
      {children && <p class="muted">{children}</p>}
      {action}
    </div>
  );
}
