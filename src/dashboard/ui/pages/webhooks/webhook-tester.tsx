import { useState } from 'preact/hooks';
import { DEVICES } from '../../api/paths.ts';
import type { Webhook, WebhookTest } from '../../api/webhook-types.ts';
import { Button } from '../../components/button.tsx';
import { FormError } from '../../components/error-state.tsx';
import { formatNumber } from '../../lib/format.ts';
import { api } from '../../lib/session.ts';
import { useAction } from '../../lib/use-action.ts';
import { t } from './texts.ts';

/** Posts a test event now and shows what came of it; also for a webhook that is disabled. */
export function WebhookTester({ webhook: { webhookId } }: { webhook: Webhook }) {
  const [result, setResult] = useState<WebhookTest | null>(null);
  const { busy, error, run } = useAction(async () => {
    setResult(null);
    setResult(await api.post<WebhookTest>(`${DEVICES}/webhooks/${webhookId}/test`));
  });
  return (
    <div class="stack-s">
      <div>
        <Button busy={busy} onClick={() => void run()}>
          {t('test')}
        </Button>
      </div>
      <FormError error={error} />
      <div role="status">{result && <Result result={result} />}</div>
    </div>
  );
}

function Result({ result: { delivered, statusCode, error, response, durationMs } }: { result: WebhookTest }) {
  const duration = formatNumber(durationMs, { style: 'unit', unit: 'millisecond' });
  const word = error === null ? '' : t.maybe(`why.${error}`, error);
  const why = [statusCode, word].filter(Boolean).join(', ');
  return (
    <div class={`webhooks-result webhooks-result-${delivered ? 'ok' : 'bad'}`}>
      <p>
        {delivered ? t('testDelivered', { status: statusCode ?? '', duration }) : t('testFailed', { why })}
      </p>
      {response && (
        <>
          <p class="small">{t('testAnswer')}</p>
          <pre class="webhooks-response">{response}</pre>
        </>
      )}
    </div>
  );
}
