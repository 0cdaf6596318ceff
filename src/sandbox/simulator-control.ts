import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { SimulatorAddress } from './simulator-process.ts';

/** Reads an answer, and keeps of it what is known; throws when it is something else. */
export interface AnswerShape<Answer> {
  parse(answer: unknown): Answer;
}

export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The parts of the path, each as it is meant. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
}

/**
 * The control API of the simulator beside this server. Throws SANDBOX_UNAVAILABLE when nobody answers, SANDBOX_NOT_FOUND and
 * SANDBOX_REFUSED with the simulator's own word as `details.reason`.
 */
export interface SimulatorControl {
  ask<Answer>(shape: AnswerShape<Answer>, request: ControlRequest): Promise<Answer>;
}

interface ControlDeps extends Pick<SimulatorAddress, 'controlUrl' | 'controlToken'> {
  readonly clock: Clock;
}

/** Linking a device and sending a file take some round trips, all on this machine. */
const PATIENCE_MS = 30_000;

/** Throws when the simulator is not on this machine: its token goes nowhere else. */
export function createSimulatorControl({ controlUrl, controlToken, clock }: ControlDeps): SimulatorControl {
  const origin = loopbackOrigin(controlUrl);
  return {
    async ask(shape, request) {
      const { status, answer } = await exchange(request, { origin, controlToken, clock });
      if (status >= 200 && status < 300) return shape.parse(answer);
      throw refusal(status, answer);
    },
  };
}

function loopbackOrigin(url: string): string {
  const { protocol, hostname, origin } = new URL(url);
  if (protocol !== 'http:' || hostname !== '127.0.0.1')
    throw new Error('the simulator is steered on 127.0.0.1 only');
  return origin;
}

interface Line {
  readonly origin: string;
  readonly controlToken: string;
  readonly clock: Clock;
}

async function exchange(
  { method, path, query = {}, body }: ControlRequest,
  { origin, controlToken, clock }: Line,
) {
  const address = new URL(`/${path.map(segment).join('/')}`, origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) address.searchParams.set(name, String(value));
  }
  const patience = new AbortController();
  const timer = clock.after(PATIENCE_MS, () => patience.abort());
  try {
    const response = await fetch(address, {
      method,
      redirect: 'error',
      signal: patience.signal,
      headers: {
        authorization: `Bearer ${controlToken}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    return { status: response.status, answer };
  } catch (error) {
    throw new AppError('SANDBOX_UNAVAILABLE', {}, { cause: error });
  } finally {
    timer.cancel();
  }
}

/** A part made of dots would lead to another route. */
function segment(part: string): string {
  if (/^\.*$/.test(part)) throw new Error('this is no part of a path');
  return encodeURIComponent(part);
}

function refusal(status: number, answer: unknown): AppError {
  const { code, message } = errorOf(answer);
  const details = { reason: code, explanation: message };
  if (status === 404 && code !== 'ROUTE_NOT_FOUND') return new AppError('SANDBOX_NOT_FOUND', details);
  const isItsOwnFault = status === 401 || (status >= 500 && code !== 'MEDIA_FAILED');
  return new AppError(isItsOwnFault ? 'SANDBOX_UNAVAILABLE' : 'SANDBOX_REFUSED', details);
}

function errorOf(answer: unknown): { code: string; message: string } {
  const error = field(answer, 'error');
  const [code, message] = [field(error, 'code'), field(error, 'message')];
  return {
    code: typeof code === 'string' ? code : 'UNKNOWN',
    message: typeof message === 'string' ? message : 'The simulator did not say why',
  };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
