import { useRef } from 'preact/hooks';
import { newOnceKey } from './once-key.ts';

/**
 * The Idempotency-Key of a form. It stays while the form does, so that a second press, or another try after a lost answer,
 * sends nothing twice; what the person changes is a new wish and gets a new key by `renew`.
 */
export function useOnceKey() {
  const key = useRef('');

  return {
    headers: () => {
      key.current ||= newOnceKey();
      return { 'idempotency-key': key.current };
    },
    renew: () => {
      key.current = '';
    },
  };
}
