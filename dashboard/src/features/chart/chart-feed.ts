/**
 * What the chart shows of one ticker: its session's seconds and, for a candle interval, the bars. History comes from
 * REST, newest part first so that something shows at once; then the stream appends.
 *
 * The stream has one message per ticker and flush. While a replay runs faster than the clock, a message is many
 * seconds after the one before, and the rows between them are fetched before it is drawn.
 */
import { easternDate } from '../../lib/time';
import type { Candle, PricePoint, PriceUpdate } from '../../lib/wire';
import { loadBars } from './api/load-bars';
import { loadPrices } from './api/load-prices';
import { candleStart, extended } from './candles';
import { SessionSeries } from './session-series';

export interface Interval {
  readonly label: string;
  /** Null for the line of seconds. */
  readonly candleMillis: number | null;
}

export const INTERVALS: readonly Interval[] = [
  { label: '1s', candleMillis: null },
  { label: '1m', candleMillis: 60_000 },
  { label: '5m', candleMillis: 300_000 },
  { label: '15m', candleMillis: 900_000 },
];

export interface ChartListener {
  /** Everything may have changed: draw anew. */
  redraw(points: readonly PricePoint[], candles: readonly Candle[]): void;
  /** These points were appended (or the first of them replaced the last one), and so was the last candle. */
  append(points: readonly PricePoint[], candle: Candle | undefined): void;
  /** The first picture is complete or failed. */
  ready(problem: unknown): void;
}

const RECENT_MILLIS = 20 * 60_000;
const PAGE = 5000;
const MOST_PAGES = 14;
const GAP_MILLIS = 1500;
/** Between two fetches of rows that the stream left out, wall time. */
const FILL_MILLIS = 900;
const BARS_MILLIS = 5000;

export class ChartFeed {
  private readonly series = new SessionSeries();
  private readonly abort = new AbortController();
  private candles: Candle[] = [];
  private held: PriceUpdate | null = null;
  private filling = false;
  private lastFill = 0;
  private lastBars = 0;
  private fillTimer: ReturnType<typeof setTimeout> | undefined;
  private loaded = false;

  constructor(
    private readonly ticker: string,
    private readonly interval: Interval,
    private readonly listener: ChartListener,
  ) {}

  /** @param newest the newest time known of this ticker, to begin with the part that is looked at */
  async start(newest: number | null): Promise<void> {
    try {
      await Promise.all([this.loadCandles(null), this.loadRecent(newest)]);
      this.loaded = true;
      this.redraw();
      this.listener.ready(null);
      await this.loadEarlier();
    } catch (error) {
      if (!this.abort.signal.aborted) {
        this.loaded = true;
        this.redraw();
        this.listener.ready(error);
      }
    }
  }

  stop(): void {
    this.abort.abort();
    clearTimeout(this.fillTimer);
  }

  hear(update: PriceUpdate): void {
    if (update.ticker !== this.ticker || !this.loaded) {
      return;
    }
    const last = this.series.last();
    if (last !== undefined && easternDate(update.time) !== easternDate(last.time) && update.time > last.time) {
      this.beginSession(update);
    } else if (last !== undefined && update.time - last.time > GAP_MILLIS) {
      this.held = update;
      this.fillSoon();
    } else if (last === undefined || update.time >= last.time) {
      this.take([update]);
    }
  }

  private beginSession(update: PriceUpdate): void {
    this.series.clear();
    this.series.merge([update]);
    this.held = null;
    if (this.interval.candleMillis !== null) {
      this.candles.push(extended(undefined, update, this.interval.candleMillis));
    }
    this.redraw();
    void this.loadEarlier().catch(() => {});
  }

  private async loadRecent(newest: number | null): Promise<void> {
    const query = newest === null ? { limit: PAGE } : { from: newest - RECENT_MILLIS, limit: PAGE };
    const { points } = await loadPrices(this.ticker, query, this.abort.signal);
    this.series.merge(points);
  }

  /** The rest of the session before what is shown, page after page. */
  private async loadEarlier(): Promise<void> {
    const first = this.series.first();
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = {
        limit: PAGE,
        ...(first === undefined ? {} : { from: sessionFrom(first.time), to: first.time }),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const { points, cursor: next } = await loadPrices(this.ticker, query, this.abort.signal);
      if (this.series.merge(points) === null) {
        this.redraw();
      } else if (points.length > 0) {
        this.redraw();
      }
      if (next === null || points.length === 0) {
        return;
      }
      cursor = next;
    }
  }

  private async loadCandles(from: number | null): Promise<void> {
    if (this.interval.candleMillis !== null) {
      this.lastBars = Date.now();
      const found = await loadBars(this.ticker, this.interval.label, from, this.abort.signal);
      const start = found[0]?.time;
      if (start !== undefined) {
        this.candles = [...this.candles.filter((candle) => candle.time < start), ...found];
      }
    }
  }

  /** Fetches the rows between the last one known and the held message, then takes both. */
  private fillSoon(): void {
    if (this.filling) {
      return;
    }
    this.filling = true;
    const wait = Math.max(0, this.lastFill + FILL_MILLIS - Date.now());
    this.fillTimer = setTimeout(() => void this.fill(), wait);
  }

  private async fill(): Promise<void> {
    this.lastFill = Date.now();
    const after = this.series.last()?.time;
    try {
      const { points } = await loadPrices(
        this.ticker,
        after === undefined ? { limit: PAGE } : { from: after, limit: PAGE },
        this.abort.signal,
      );
      this.take(points);
    } catch {
      // The held message is drawn all the same; the gap closes with the next answer or redraw.
    } finally {
      this.filling = false;
    }
    if (this.abort.signal.aborted) {
      return;
    }
    const { held } = this;
    this.held = null;
    if (held !== null && held.time >= (this.series.last()?.time ?? 0)) {
      this.take([held]);
    }
  }

  private take(points: readonly PricePoint[]): void {
    const millis = this.interval.candleMillis;
    const drawn = this.series.last()?.time ?? 0;
    const appended = this.series.merge(points);
    const before = this.candles.at(-1);
    if (millis !== null) {
      for (const point of points) {
        this.extendCandle(point, drawn, millis);
      }
    }
    if (appended === null) {
      this.redraw();
    } else if (appended.length > 0) {
      this.listener.append(appended, this.candles.at(-1));
    }
    const now = this.candles.at(-1);
    if (millis !== null && before !== undefined && now !== undefined && now.time > before.time && Date.now() - this.lastBars > BARS_MILLIS) {
      // Complete bars know the highs and lows inside the seconds.
      void this.loadCandles(before.time - 20 * millis).then(
        () => this.redraw(),
        () => {},
      );
    }
  }

  private extendCandle(point: PricePoint, drawn: number, millis: number): void {
    const last = this.candles.at(-1);
    if (last !== undefined && candleStart(point.time, millis) < last.time) {
      return;
    }
    // A second told again moves the close but must not count its volume twice.
    const counted = point.time > drawn ? point : { ...point, volume: 0 };
    const next = extended(last, counted, millis);
    if (last !== undefined && next.time === last.time) {
      this.candles[this.candles.length - 1] = next;
    } else {
      this.candles.push(next);
    }
  }

  private redraw(): void {
    if (!this.abort.signal.aborted && this.loaded) {
      this.listener.redraw(this.series.all(), this.candles);
    }
  }
}

/** Before any trading hours of that Eastern date: 04:00 is never more than 20 hours before a time of the same date. */
function sessionFrom(time: number): number {
  let from = time;
  for (let hour = 0; hour < 24 && easternDate(from - 3_600_000) === easternDate(time); hour++) {
    from -= 3_600_000;
  }
  return candleStart(from, 3_600_000);
}
