import type { Candle, PricePoint } from '../../lib/wire';

/** The start of the candle that a moment falls into. Eastern offsets are whole hours, so UTC floors are right. */
export function candleStart(time: number, millis: number): number {
  return Math.floor(time / millis) * millis;
}

/**
 * The candle after a second of trading. A second's row has its last price alone, so highs and lows inside a second
 * come with the gateway's own bar, which replaces this one when it is complete.
 */
export function extended(candle: Candle | undefined, point: PricePoint, millis: number): Candle {
  const time = candleStart(point.time, millis);
  if (candle === undefined || candle.time !== time) {
    return { time, open: point.price, high: point.price, low: point.price, close: point.price, volume: point.volume };
  }
  return {
    time,
    open: candle.open,
    high: Math.max(candle.high, point.price),
    low: Math.min(candle.low, point.price),
    close: point.price,
    volume: candle.volume + point.volume,
  };
}

/** The last point of each candle: where SMA9 and VWAP stood at its end. */
export function lastOfEach(points: readonly PricePoint[], millis: number): PricePoint[] {
  const found: PricePoint[] = [];
  for (const point of points) {
    const time = candleStart(point.time, millis);
    const bucket = { ...point, time };
    if (found.at(-1)?.time === time) {
      found[found.length - 1] = bucket;
    } else {
      found.push(bucket);
    }
  }
  return found;
}
