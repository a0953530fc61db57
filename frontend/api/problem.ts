// Refusals of the API (RFC 9457) as errors: what happened, why, and what to do.
import type { Schemas } from './types';

export type ProblemBody = Schemas['ProblemBody'];

export class ApiProblem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.name = 'ApiProblem';
    this.body = body;
  }

  get status(): number {
    return this.body.status;
  }
}

function isProblem(value: unknown): value is ProblemBody {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value;
}

/** The body of a refusal, also where something between the API and us answered. */
export function problemOf(status: number, body: unknown): ProblemBody {
  if (isProblem(body)) return { ...body, status };
  return {
    type: 'about:blank',
    code: `http.${status}`,
    status,
    title: 'The service did not answer as it should.',
    detail: `It answered with status ${status}.`,
    next: 'Try again in a moment.',
  };
}

/** What to show for any error that reaches a screen. */
export function shown(error: unknown): ProblemBody {
  if (error instanceof ApiProblem) return error.body;
  return {
    type: 'about:blank',
    code: 'network',
    status: 0,
    title: 'Syncline cannot be reached.',
    detail: error instanceof Error ? error.message : String(error),
    next: 'Check the connection; this page tries again by itself.',
  };
}
