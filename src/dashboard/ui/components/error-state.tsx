import type { ApiError } from '../lib/api-error.ts';
import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import './states.css';

/** What a failure says to a person: our words where we have better ones than the server's. */
export function errorText(error: ApiError): string {
  const text = c.maybe(`error.${error.code}`, error.message);
  return error.retryAfter === null ? text : `${text} ${c.count('retryAfter', error.retryAfter)}`;
}

/** In place of what could not be loaded: what happened, code and request for the administrator, and another try. */
export function ErrorState({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <div class="state state-error" role="alert">
      <h2>{c('errorTitle')}</h2>
      <p>{errorText(error)}</p>
      <ErrorFacts error={error} />
      {onRetry && <Button onClick={onRetry}>{c('retry')}</Button>}
    </div>
  );
}

/** Above a form whose request failed; fields tell their own errors. Draws nothing without an error. */
export function FormError({ error }: { error: ApiError | null }) {
  if (!error) return null;
  return (
    <div class="form-error" role="alert">
      <p>{errorText(error)}</p>
      {error.fields.length > 0 && (
        <ul class="small">
          {error.fields.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              <code>{field}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      <ErrorFacts error={error} />
    </div>
  );
}

function ErrorFacts({ error }: { error: ApiError }) {
  return (
    <p class="small muted">
      {c('errorCode')} <code>{error.code}</code>
      {error.requestId && (
        <>
          {' · '}
          {c('requestId')} <code class="break">{error.requestId}</code>
        </>
      )}
    </p>
  );
}
