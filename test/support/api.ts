/** What the API answered, taken out of its envelope. */
export interface Answer<Data> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  readonly message: string;
  /** The envelope's data; undefined in a failure. */
  readonly data: Data;
  /** The code of a failure; null in a success. */
  readonly code: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A request: `body` goes as JSON, `raw` as it is. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  readonly raw?: string | Uint8Array<ArrayBuffer> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One caller of the API. Paths without a leading slash are relative to the device API: `devices/ana/qr`. */
export interface Api {
  readonly url: string;
  readonly key: string | null;
  get<Data>(path: string): Promise<Answer<Data>>;
  post<Data>(path: string, body?: object): Promise<Answer<Data>>;
  put<Data>(path: string, body?: object): Promise<Answer<Data>>;
  patch<Data>(path: string, body?: object): Promise<Answer<Data>>;
  delete<Data>(path: string): Promise<Answer<Data>>;
  call<Data>(call: Call): Promise<Answer<Data>>;
  /** The same server with another key; null for a caller without one. */
  as(key: string | null): Api;
}

const DEVICE_API = '/api/whatsapp-multi-device/';

export function createApi(url: string, key: string | null): Api {
  const call = async <Data>({ method, path, body, raw, headers }: Call): Promise<Answer<Data>> => {
    const response = await fetch(new URL(path, `${url}${DEVICE_API}`), {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...((body ?? raw) !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...((body ?? raw) !== undefined && { body: raw ?? JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    const { data, error, message = '', errorCode = null } = isJson ? JSON.parse(text) : {};
    // Faces for callers of other gateways have no envelope; their failures name the code beside the words.
    const { code = errorCode, details = {} } = error ?? {};
    return { status: response.status, headers: response.headers, text, message, data, code, details };
  };
  return {
    url,
    key,
    get: (path) => call({ method: 'GET', path }),
    post: (path, body) => call({ method: 'POST', path, body }),
    put: (path, body) => call({ method: 'PUT', path, body }),
    patch: (path, body) => call({ method: 'PATCH', path, body }),
    delete: (path) => call({ method: 'DELETE', path }),
    call,
    as: (other) => createApi(url, other),
  };
}
