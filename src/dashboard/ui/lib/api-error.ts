/** What is wrong with one field of a form, as the server says it. */
export interface FieldError {
  readonly in: string;
  readonly field: string;
  readonly message: string;
}

interface Told {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string | null;
  readonly retryAfter?: number | null;
}

/** A refusal or failure of the API. `code` is from docs/errors.md, or NETWORK, TIMEOUT or ABORTED from the browser. */
export class ApiError extends Error {
  readonly code: string;
  /** 0 when no answer came. */
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly fields: readonly FieldError[];
  readonly requestId: string | null;
  /** In seconds. */
  readonly retryAfter: number | null;

  constructor({ code, message, status, details = {}, requestId = null, retryAfter = null }: Told) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.details = details;
    this.fields = fieldsOf(details);
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }

  /** What is wrong with this field of the body, if anything. */
  fieldMessage(name: string): string | undefined {
    return this.fields.find(({ field }) => field === name)?.message;
  }
}

/** Whatever was thrown, as an ApiError. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError({ code: 'UNEXPECTED', message, status: 0 });
}

function fieldsOf({ fields }: Readonly<Record<string, unknown>>): FieldError[] {
  return Array.isArray(fields) ? fields.filter(isFieldError) : [];
}

function isFieldError(each: unknown): each is FieldError {
  return (
    typeof each === 'object' &&
    each !== null &&
    'field' in each &&
    typeof each.field === 'string' &&
    'message' in each &&
    typeof each.message === 'string'
  );
}
