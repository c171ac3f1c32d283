import { describe, expect, test } from 'vitest';
import type { Candle, PricePoint } from '../../lib/wire';
import { candleStart, extended, lastOfEach } from './candles';
import { SessionSeries } from './session-series';

function point(second: number, price = 100 + second, volume = 10): PricePoint {
  return { time: second * 1000, price, volume, sma9: second, vwap: null };
}

const times = (series: SessionSeries) => series.all().map(({ time }) => time / 1000);

describe('session series', () => {
  test('appends, and the newest word on the last second replaces it', () => {
    const series = new SessionSeries();
    series.merge([point(1), point(2)]);
    expect(series.merge([point(2, 55), point(3)])).toEqual([point(2, 55), point(3)]);
    expect(series.all().map(({ price }) => price)).toEqual([101, 55, 103]);
  });

  test('inserts older pages and says that everything is to be drawn anew', () => {
    const series = new SessionSeries();
    series.merge([point(5), point(6)]);
    expect(series.merge([point(1), point(3)])).toBeNull();
    expect(times(series)).toEqual([1, 3, 5, 6]);
  });

  test('what is known already changes nothing', () => {
    const series = new SessionSeries();
    series.merge([point(1), point(2), point(3)]);
    expect(series.merge([point(1), point(2)])).toEqual([]);
    expect(times(series)).toEqual([1, 2, 3]);
  });

  test('keeps the newest when full', () => {
    const series = new SessionSeries(3);
    series.merge([1, 2, 3, 4, 5].map((second) => point(second)));
    expect(times(series)).toEqual([3, 4, 5]);
  });
});

describe('candles', () => {
  test('start at whole multiples and grow with each second', () => {
    expect(candleStart(61_500, 60_000)).toBe(60_000);
    const grown = [point(61, 10), point(62, 12), point(63, 9)].reduce<Candle | undefined>((candle, next) => extended(candle, next, 60_000), undefined);
    expect(grown).toEqual({ time: 60_000, open: 10, high: 12, low: 9, close: 9, volume: 30 });
    expect(extended(grown, point(120, 8), 60_000)).toEqual({ time: 120_000, open: 8, high: 8, low: 8, close: 8, volume: 10 });
  });

  test('overlays take where the values stood at each end', () => {
    expect(lastOfEach([point(58), point(59), point(60), point(125)], 60_000).map(({ time, sma9 }) => [time, sma9])).toEqual([
      [0, 59],
      [60_000, 60],
      [120_000, 125],
    ]);
  });
});
