import type { Api } from './api.ts';

interface Body {
  readonly [field: string]: unknown;
}

/** Calls `GET /session/status` and the like; the body as it came, without our envelope in mind. */
export async function ask(
  api: Api,
  route: string,
  { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
) {
  const [method = '', path = ''] = route.split(' ');
  const answer = await api.call({ method, path, body, headers });
  const told: Body = JSON.parse(answer.text);
  return { status: answer.status, told };
}
