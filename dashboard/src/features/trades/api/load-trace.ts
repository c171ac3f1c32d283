import { call } from '../../../lib/api';
import { asObject, items, optionalInstant, strings, text } from '../../../lib/wire';

/** One moment of a trade. */
export interface Moment {
  readonly at: number | null;
  readonly marketTime: number | null;
  readonly kind: string;
  readonly says: string;
  readonly details: readonly string[];
}

export function tracePath(id: string): string {
  return `/v1/trades/${encodeURIComponent(id)}/trace`;
}

/** Why the trade is as it is, oldest first. */
export async function loadTrace(id: string): Promise<Moment[]> {
  const answer = asObject(await call(tracePath(id)));
  return items({ items: answer['timeline'] }, (moment) => ({
    at: optionalInstant(moment, 'at'),
    marketTime: optionalInstant(moment, 'market_time'),
    kind: text(moment, 'kind'),
    says: text(moment, 'says'),
    details: strings(moment['details']),
  }));
}
