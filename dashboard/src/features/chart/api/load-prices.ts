import { call } from '../../../lib/api';
import { asObject, items, optionalText, parsePricePoint } from '../../../lib/wire';
import type { PricePage, PriceQuery } from '../chart-feed';

/** A page of a ticker's seconds, oldest first. */
export async function loadPrices(ticker: string, query: PriceQuery, signal: AbortSignal): Promise<PricePage> {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.from !== undefined) {
    parameters.set('from', new Date(query.from).toISOString());
  }
  if (query.to !== undefined) {
    parameters.set('to', new Date(query.to).toISOString());
  }
  if (query.cursor !== undefined) {
    parameters.set('cursor', query.cursor);
  }
  const answer = await call(`/v1/equities/${encodeURIComponent(ticker)}/prices?${parameters.toString()}`, { signal });
  return { points: items(answer, parsePricePoint), cursor: optionalText(asObject(answer), 'next_cursor') };
}
