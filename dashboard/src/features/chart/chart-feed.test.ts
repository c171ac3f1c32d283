import { expect, test } from 'vitest';
import type { Candle, PricePoint, PriceUpdate } from '../../lib/wire';
import { ChartFeed, type ChartSource, type PriceQuery } from './chart-feed';

const OPEN = Date.parse('2013-10-07T13:30:00Z');

function point(second: number): PricePoint {
  return { time: OPEN + second * 1000, price: 100 + second, volume: 10, sma9: null, vwap: 100 };
}

function update(second: number, ticker = 'SPY'): PriceUpdate {
  return { ...point(second), ticker, bid: null, ask: null };
}

/** A gateway that holds rows, answers in pages, and a clock that the test winds. */
class Gateway implements ChartSource {
  rows: PricePoint[] = [];
  candles: Candle[] = [];
  pageSize = 5000;
  speed = 30;
  clock = 0;
  broken = false;
  readonly queries: PriceQuery[] = [];
  private timers: { at: number; run: () => void }[] = [];

  prices(query: PriceQuery) {
    this.queries.push(query);
    if (this.broken) {
      return Promise.reject(new Error('away'));
    }
    const from = Math.max(query.from ?? 0, query.cursor === undefined ? 0 : Number(query.cursor));
    const found = this.rows.filter(({ time }) => time >= from && time < (query.to ?? Number.POSITIVE_INFINITY));
    const next = found[this.pageSize];
    return Promise.resolve({ points: found.slice(0, this.pageSize), cursor: next === undefined ? null : String(next.time) });
  }

  bars() {
    return Promise.resolve(this.candles);
  }

  fast() {
    return this.speed > 1;
  }

  now() {
    return this.clock;
  }

  after(millis: number, run: () => void) {
    const timer = { at: this.clock + millis, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  async wind(millis: number) {
    this.clock += millis;
    const due = this.timers.filter(({ at }) => at <= this.clock);
    this.timers = this.timers.filter(({ at }) => at > this.clock);
    due.forEach(({ run }) => run());
    await settled();
  }
}

/** What a chart would show after every call, in seconds since the open. */
class Drawing {
  seconds: number[] = [];
  candle: Candle | undefined;
  redraws = 0;
  problem: unknown = 'not ready';

  redraw(points: readonly PricePoint[], candles: readonly Candle[]) {
    this.redraws += 1;
    this.seconds = points.map(({ time }) => (time - OPEN) / 1000);
    this.candle = candles.at(-1);
  }

  append(points: readonly PricePoint[], candle: Candle | undefined) {
    for (const { time } of points) {
      const second = (time - OPEN) / 1000;
      if (this.seconds.at(-1) !== second) {
        this.seconds.push(second);
      }
    }
    this.candle = candle;
  }

  ready(problem: unknown) {
    this.problem = problem;
  }
}

async function settled() {
  for (let i = 0; i < 50; i++) {
    await Promise.resolve();
  }
}

const upTo = (second: number) => Array.from({ length: second + 1 }, (_, i) => i);

test('shows the newest part first, then walks the pages before it', async () => {
  const gateway = new Gateway();
  gateway.rows = upTo(3000).map(point);
  gateway.pageSize = 700;
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', null, gateway, drawing);
  await feed.start(OPEN + 2000 * 1000);
  expect(gateway.queries[0]?.from).toBe(OPEN + 800 * 1000);
  expect(drawing.problem).toBeNull();
  expect(drawing.seconds).toEqual(upTo(1499));
});

test('in a fast replay a message waits for the rows that the stream left out', async () => {
  const gateway = new Gateway();
  gateway.rows = upTo(10).map(point);
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', null, gateway, drawing);
  await feed.start(null);
  gateway.rows = upTo(39).map(point);
  feed.hear(update(40));
  expect(drawing.seconds.at(-1)).toBe(10);
  await gateway.wind(0);
  expect(drawing.seconds).toEqual(upTo(40));
});

test('fetches at most about once a second, whatever the stream does', async () => {
  const gateway = new Gateway();
  gateway.rows = upTo(10).map(point);
  const feed = new ChartFeed('SPY', null, gateway, new Drawing());
  await feed.start(null);
  const before = gateway.queries.length;
  for (let i = 0; i < 30; i++) {
    gateway.rows = upTo(10 + 10 * i).map(point);
    feed.hear(update(20 + 10 * i));
    await gateway.wind(100);
  }
  expect(gateway.queries.length - before).toBeLessThanOrEqual(4);
});

test('draws the message all the same when the rows cannot be had', async () => {
  const gateway = new Gateway();
  gateway.rows = upTo(2).map(point);
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', null, gateway, drawing);
  await feed.start(null);
  gateway.broken = true;
  feed.hear(update(60));
  await gateway.wind(0);
  expect(drawing.seconds).toEqual([0, 1, 2, 60]);
});

test('at the clock’s own speed draws at once and looks for skipped seconds later', async () => {
  const gateway = new Gateway();
  gateway.speed = 1;
  gateway.rows = upTo(2).map(point);
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', null, gateway, drawing);
  await feed.start(null);
  feed.hear(update(6));
  expect(drawing.seconds).toEqual([0, 1, 2, 6]);
  gateway.rows = upTo(6).map(point);
  await gateway.wind(15_000);
  expect(drawing.seconds).toEqual(upTo(6));
});

test('a new session starts an empty chart; other tickers do not show', async () => {
  const gateway = new Gateway();
  gateway.rows = upTo(5).map(point);
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', null, gateway, drawing);
  await feed.start(null);
  feed.hear(update(6, 'IBM'));
  expect(drawing.seconds.at(-1)).toBe(5);
  feed.hear(update(86_400));
  expect(drawing.seconds).toEqual([86_400]);
});

test('the developing candle grows with each second and counts no volume twice', async () => {
  const gateway = new Gateway();
  gateway.speed = 1;
  gateway.candles = [{ time: OPEN, open: 100, high: 101, low: 99, close: 100, volume: 50 }];
  gateway.rows = upTo(1).map(point);
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', 60_000, gateway, drawing);
  await feed.start(null);
  feed.hear(update(2));
  feed.hear(update(2));
  expect(drawing.candle).toEqual({ time: OPEN, open: 100, high: 102, low: 99, close: 102, volume: 60 });
  feed.hear(update(3));
  expect(drawing.candle).toMatchObject({ close: 103, volume: 70 });
});

test('says why when the first picture fails, and goes on from the stream', async () => {
  const gateway = new Gateway();
  gateway.broken = true;
  const drawing = new Drawing();
  const feed = new ChartFeed('SPY', null, gateway, drawing);
  await feed.start(null);
  expect(drawing.problem).toBeInstanceOf(Error);
  feed.hear(update(1));
  expect(drawing.seconds).toEqual([1]);
});
