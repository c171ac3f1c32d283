/**
 * What the chart shows of one ticker: its session's seconds and, for a candle interval, the bars. History comes from
 * REST, newest part first so that something shows at once; then the stream appends.
 *
 * The stream has one message per ticker and flush. While a replay runs faster than the clock, a message is many
 * seconds after the one before, and the rows between them are fetched before it is drawn. At the clock's own speed a
 * message is drawn at once, and seconds it seems to have skipped are asked for later, in case a reconnect lost them.
 */
import { easternDate } from '../../lib/time';
import type { Candle, PricePoint, PriceUpdate } from '../../lib/wire';
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

export interface PricePage {
  readonly points: readonly PricePoint[];
  readonly cursor: string | null;
}

export interface PriceQuery {
  /** Epoch milliseconds, inclusive and exclusive; the current or last session's own bounds when absent. */
  readonly from?: number;
  readonly to?: number;
  readonly cursor?: string;
  readonly limit: number;
}

/** Where history comes from and how time passes. */
export interface ChartSource {
  prices(query: PriceQuery, signal: AbortSignal): Promise<PricePage>;
  /** Bars from that moment on; without one the current or last session's. */
  bars(from: number | null, signal: AbortSignal): Promise<Candle[]>;
  /** Whether market time runs faster than the clock. */
  fast(): boolean;
  now(): number;
  /** Runs once after that many milliseconds; the answer cancels it. */
  after(millis: number, run: () => void): () => void;
}

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
/** Pages of one walk: more than a full extended day. */
const MOST_PAGES = 14;
/** More points at once are drawn anew: one by one they would cost the chart more than all together. */
const MOST_APPENDED = 200;
const GAP_MILLIS = 1500;
/** Least wall time between two fetches of rows that the stream left out. */
const FILL_MILLIS = 900;
const REPAIR_MILLIS = 15_000;
const BARS_MILLIS = 5000;

export class ChartFeed {
  private readonly series = new SessionSeries();
  private readonly abort = new AbortController();
  private candles: Candle[] = [];
  /** The newest message, kept back until the rows before it are here. */
  private held: PriceUpdate | null = null;
  private filling = false;
  private lastFill = Number.NEGATIVE_INFINITY;
  private lastBars = Number.NEGATIVE_INFINITY;
  private repairFrom: number | null = null;
  private readonly cancels = new Set<() => void>();
  private loaded = false;

  constructor(
    private readonly ticker: string,
    private readonly candleMillis: number | null,
    private readonly source: ChartSource,
    private readonly listener: ChartListener,
  ) {}

  /** @param newest the newest time known of this ticker, to begin with the part that is looked at */
  async start(newest: number | null): Promise<void> {
    try {
      await Promise.all([this.loadBars(null), this.loadRecent(newest)]);
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
    for (const cancel of this.cancels) {
      cancel();
    }
  }

  hear(update: PriceUpdate): void {
    if (update.ticker !== this.ticker || !this.loaded) {
      return;
    }
    const last = this.series.last();
    if (last === undefined) {
      this.take([update]);
    } else if (update.time > last.time && easternDate(update.time) !== easternDate(last.time)) {
      this.beginSession(update);
    } else if (update.time - last.time <= GAP_MILLIS) {
      if (update.time >= last.time) {
        this.take([update]);
      }
    } else if (this.source.fast()) {
      this.held = update;
      this.fillSoon();
    } else {
      this.take([update]);
      this.repairLater(last.time);
    }
  }

  private beginSession(update: PriceUpdate): void {
    this.series.clear();
    this.series.merge([update]);
    this.held = null;
    if (this.candleMillis !== null) {
      this.candles.push(extended(undefined, update, this.candleMillis));
    }
    this.redraw();
    this.inBackground(this.loadEarlier());
  }

  private async loadRecent(newest: number | null): Promise<void> {
    if (newest === null) {
      await this.walk({}, (points) => this.series.merge(points));
    } else {
      const { points } = await this.source.prices({ from: newest - RECENT_MILLIS, limit: PAGE }, this.abort.signal);
      this.series.merge(points);
    }
  }

  /** The rest of the session before what is shown. */
  private async loadEarlier(): Promise<void> {
    const first = this.series.first();
    await this.walk(first === undefined ? {} : { from: startOfDate(first.time), to: first.time }, (points) => {
      this.series.merge(points);
      this.redraw();
    });
  }

  /** Page after page, oldest first. */
  private async walk(range: { readonly from?: number; readonly to?: number }, take: (points: readonly PricePoint[]) => unknown): Promise<void> {
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query: PriceQuery = { ...range, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
      const answer: PricePage = await this.source.prices(query, this.abort.signal);
      if (this.abort.signal.aborted || answer.points.length === 0) {
        return;
      }
      take(answer.points);
      ({ cursor } = answer);
      if (cursor === null) {
        return;
      }
    }
  }

  private async loadBars(from: number | null): Promise<void> {
    if (this.candleMillis === null) {
      return;
    }
    this.lastBars = this.source.now();
    const found = await this.source.bars(from, this.abort.signal);
    const start = found[0]?.time;
    const end = found.at(-1)?.time;
    if (start !== undefined && end !== undefined) {
      // What the stream began after the answer was made stays.
      this.candles = [...this.candles.filter(({ time }) => time < start), ...found, ...this.candles.filter(({ time }) => time > end)];
    }
  }

  /** Fetches the rows between the last one known and the held message, then takes both. */
  private fillSoon(): void {
    if (!this.filling) {
      this.filling = true;
      this.later(Math.max(0, this.lastFill + FILL_MILLIS - this.source.now()), () => this.inBackground(this.fill()));
    }
  }

  private async fill(): Promise<void> {
    this.lastFill = this.source.now();
    const after = this.series.last()?.time;
    try {
      await this.walk(after === undefined ? {} : { from: after }, (points) => this.take(points));
    } finally {
      // After a failure the held message is drawn all the same; the next fetch starts behind it.
      this.filling = false;
      const { held } = this;
      this.held = null;
      if (held !== null && !this.abort.signal.aborted && held.time >= (this.series.last()?.time ?? 0)) {
        this.take([held]);
      }
    }
  }

  private repairLater(from: number): void {
    if (this.repairFrom === null) {
      this.repairFrom = from;
      this.later(REPAIR_MILLIS, () => {
        const since = this.repairFrom;
        this.repairFrom = null;
        if (since !== null) {
          this.inBackground(this.walk({ from: since }, (points) => this.take(points)));
        }
      });
    }
  }

  private take(points: readonly PricePoint[]): void {
    const drawn = this.series.last()?.time ?? 0;
    const appended = this.series.merge(points);
    const before = this.candles.at(-1);
    for (const point of points) {
      this.extendCandle(point, drawn);
    }
    if (appended === null || appended.length > MOST_APPENDED) {
      this.redraw();
    } else if (appended.length > 0) {
      this.listener.append(appended, this.candles.at(-1));
    }
    this.completeBars(before);
  }

  private extendCandle(point: PricePoint, drawn: number): void {
    const millis = this.candleMillis;
    const last = this.candles.at(-1);
    if (millis === null || (last !== undefined && candleStart(point.time, millis) < last.time)) {
      return;
    }
    // A second told again moves the close but must not count its volume twice.
    const next = extended(last, point.time > drawn ? point : { ...point, volume: 0 }, millis);
    if (last !== undefined && next.time === last.time) {
      this.candles[this.candles.length - 1] = next;
    } else {
      this.candles.push(next);
    }
  }

  /** Once a candle is complete the gateway's own bar replaces ours: it knows the highs and lows inside the seconds. */
  private completeBars(before: Candle | undefined): void {
    const now = this.candles.at(-1);
    if (this.candleMillis === null || before === undefined || now === undefined || now.time === before.time) {
      return;
    }
    if (this.source.now() - this.lastBars >= BARS_MILLIS) {
      this.inBackground(this.loadBars(before.time - 20 * this.candleMillis).then(() => this.redraw()));
    }
  }

  private redraw(): void {
    if (!this.abort.signal.aborted && this.loaded) {
      this.listener.redraw(this.series.all(), this.candles);
    }
  }

  private later(millis: number, run: () => void): void {
    const cancel = this.source.after(millis, () => {
      this.cancels.delete(cancel);
      run();
    });
    this.cancels.add(cancel);
  }

  /** What fails here only leaves a hole that the next answer may close; the page says elsewhere that the gateway is away. */
  private inBackground(work: Promise<void>): void {
    work.catch(() => {});
  }
}

/** Midnight or a little later of the Eastern date, before any trading of it. */
function startOfDate(time: number): number {
  let from = candleStart(time, 3_600_000);
  while (easternDate(from - 3_600_000) === easternDate(time)) {
    from -= 3_600_000;
  }
  return from;
}
