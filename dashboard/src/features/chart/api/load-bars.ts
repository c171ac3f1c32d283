import { call } from '../../../lib/api';
import { items, parseCandle, type Candle } from '../../../lib/wire';

/** A ticker's bars, oldest first. */
export async function loadBars(ticker: string, interval: string, from: number | null, signal: AbortSignal): Promise<Candle[]> {
  const since = from === null ? '' : `&from=${encodeURIComponent(new Date(from).toISOString())}`;
  return items(await call(`/v1/equities/${encodeURIComponent(ticker)}/bars?interval=${interval}${since}`, { signal }), parseCandle);
}
