/** Calls to the gateway at this page's own origin. */
import { optionalObject, optionalText } from './wire';

/** The gateway answered and refused. Built from RFC 9457 problem+json where it sent that. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  constructor(
    readonly status: number,
    readonly code: string | null,
    message: string,
    readonly hint: string | null,
  ) {
    super(message);
  }
}

/** No answer came: whether the request was carried out is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const TIMEOUT_MILLIS = 15_000;

/** The parsed JSON of a 2xx answer (null when it has none). */
export async function call(path: string, request: Request = {}): Promise<unknown> {
  const timeout = AbortSignal.timeout(TIMEOUT_MILLIS);
  let response: Response;
  let body: string;
  try {
    response = await fetch(path, {
      method: request.method ?? 'GET',
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json, application/problem+json',
        ...(request.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: request.signal === undefined ? timeout : AbortSignal.any([timeout, request.signal]),
    });
    body = await response.text();
  } catch (cause) {
    throw new NoAnswer('The gateway did not answer.', { cause });
  }
  const json = parsed(body);
  if (!response.ok) {
    const problem = optionalObject(json) ?? {};
    throw new ApiProblem(
      response.status,
      optionalText(problem, 'code'),
      optionalText(problem, 'detail') ?? optionalText(problem, 'title') ?? `The gateway answered ${response.status}.`,
      optionalText(problem, 'hint'),
    );
  }
  return json;
}

function parsed(body: string): unknown {
  try {
    return body === '' ? null : JSON.parse(body);
  } catch {
    return null;
  }
}

/** A failure in words for a person. */
export function inWords(error: unknown): string {
  if (error instanceof ApiProblem) {
    if (error.status === 401) {
      return 'Not signed in. Open the sign-in link that ./kite up printed.';
    }
    return error.hint === null ? error.message : `${error.message} ${error.hint}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/**
 * A random id for Idempotency-Key. `crypto.randomUUID` exists in secure contexts only; a page opened over plain HTTP
 * by another name than localhost has `getRandomValues` alone.
 */
export function randomId(): string {
  if (typeof crypto.randomUUID === 'function') {
    return crypto.randomUUID();
  }
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
