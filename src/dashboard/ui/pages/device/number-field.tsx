import { TextField } from '../../components/field.tsx';

interface NumberFieldProps {
  label: string;
  hint?: string;
  error?: string | undefined;
  min: number;
  max: number;
  step?: number | 'any';
  required?: boolean;
  /** As typed. */
  value: string;
  onValue(value: string): void;
}

export function NumberField({ step = 1, ...props }: NumberFieldProps) {
  return <TextField {...props} type="number" inputMode="decimal" step={step} />;
}
