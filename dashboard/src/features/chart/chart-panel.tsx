import { useEffect, useMemo, useRef, useState } from 'react';
import { inWords } from '../../lib/api';
import { signOf } from '../../lib/decimal';
import { count, lastPrice, price, quantity } from '../../lib/format';
import { clock, easternDate } from '../../lib/time';
import { desk, useDesk } from '../../lib/use-desk';
import { loadBars } from './api/load-bars';
import { loadPrices } from './api/load-prices';
import { ChartFeed, INTERVALS, type ChartSource, type Interval } from './chart-feed';
import { PriceChart, type Reading } from './price-chart';
import './chart.css';

type Load = { readonly kind: 'loading' } | { readonly kind: 'shown' } | { readonly kind: 'failed'; readonly problem: string };

const FIRST_INTERVAL: Interval = INTERVALS[0] ?? { label: '1s', candleMillis: null };

function sourceOf(ticker: string, interval: Interval): ChartSource {
  return {
    prices: (query, signal) => loadPrices(ticker, query, signal),
    bars: (from, signal) => loadBars(ticker, interval.label, from, signal),
    fast: () => (desk.get().replay?.speed ?? 1) > 1,
    now: Date.now,
    after: (millis, run) => {
      const id = setTimeout(run, millis);
      return () => clearTimeout(id);
    },
  };
}

/** The selected ticker: price with SMA9, session VWAP and their crossings, on Eastern time. */
export function ChartPanel() {
  const ticker = useDesk((state) => state.selected);
  const [interval, setInterval] = useState<Interval>(FIRST_INTERVAL);
  const [reading, setReading] = useState<Reading | null>(null);
  const [load, setLoad] = useState<Load>({ kind: 'loading' });
  const [empty, setEmpty] = useState(true);
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart | null>(null);

  useEffect(() => {
    if (place.current === null) {
      return undefined;
    }
    const created = new PriceChart(place.current, setReading);
    chart.current = created;
    return () => {
      chart.current = null;
      created.remove();
    };
  }, []);

  useEffect(() => {
    const drawn = chart.current;
    if (ticker === null || drawn === null) {
      return undefined;
    }
    setLoad({ kind: 'loading' });
    setEmpty(true);
    drawn.reset(interval.candleMillis);
    const feed = new ChartFeed(ticker, interval.candleMillis, sourceOf(ticker, interval), {
      redraw: (points, candles) => {
        drawn.draw(points, candles);
        setEmpty(points.length === 0 && candles.length === 0);
      },
      append: (points, candle) => {
        drawn.append(points, candle);
        setEmpty(false);
      },
      ready: (problem) => setLoad(problem === null ? { kind: 'shown' } : { kind: 'failed', problem: inWords(problem) }),
    });
    const deaf = desk.onPrice((update) => feed.hear(update));
    void feed.start(desk.get().quotes[ticker]?.time ?? null);
    return () => {
      deaf();
      feed.stop();
    };
  }, [ticker, interval]);

  const held = useDesk((state) => state.positions?.find((position) => position.ticker === ticker && position.optionSymbol === null));
  const average = held === undefined || signOf(held.quantity) === 0 ? null : held.averagePrice;
  const size = held === undefined ? '' : quantity(held.quantity);
  useEffect(() => {
    chart.current?.hold(average === null ? null : Number(average), size);
  }, [average, size]);

  const signals = useDesk((state) => state.signals);
  const crossings = useMemo(() => signals.filter((signal) => signal.ticker === ticker), [signals, ticker]);
  useEffect(() => {
    chart.current?.mark(crossings);
  }, [crossings]);

  return (
    <section className="panel chart" aria-label="Chart panel">
      <header className="panel-head chart-head">
        <h2 className="chart-title">{ticker ?? 'Chart'}</h2>
        <span className="chart-subtitle">{interval.candleMillis === null ? 'price a second' : `${interval.label} candles`}, SMA9, session VWAP</span>
        <div className="chart-tools">
          <div className="segments" role="group" aria-label="Interval">
            {INTERVALS.map((choice) => (
              <button key={choice.label} type="button" aria-pressed={choice.label === interval.label} onClick={() => setInterval(choice)}>
                {choice.label}
              </button>
            ))}
          </div>
          <div className="segments" role="group" aria-label="View">
            <button type="button" onClick={() => chart.current?.showSession()}>
              Session
            </button>
            <button type="button" onClick={() => chart.current?.showNewest()}>
              Now
            </button>
          </div>
        </div>
      </header>
      <div className="chart-place">
        <div ref={place} className="chart-canvas" data-testid="chart" role="img" aria-label={`${ticker ?? 'No ticker'}: price, SMA9 and VWAP`} />
        <Legend reading={reading} ticker={ticker} />
        {empty && (
          <p className="chart-note" role="status">
            {load.kind === 'loading' ? 'Loading…' : load.kind === 'failed' ? load.problem : 'No prices of this session yet.'}
          </p>
        )}
      </div>
    </section>
  );
}

/** The values under the crosshair, or the newest ones. */
function Legend({ reading, ticker }: { readonly reading: Reading | null; readonly ticker: string | null }) {
  const quote = useDesk((state) => (ticker === null ? undefined : state.quotes[ticker]));
  const time = reading?.time ?? quote?.time ?? null;
  const sma9 = reading === null ? (quote?.sma9 ?? null) : reading.sma9;
  const vwap = reading === null ? (quote?.vwap ?? null) : reading.vwap;
  const candle = reading?.candle ?? null;
  return (
    <p className="legend">
      {time !== null && (
        <span className="dim" title={easternDate(time)}>
          {clock(time)} ET
        </span>
      )}
      {candle === null ? (
        <span className="key-price">
          <i>Price</i> {lastPrice(reading === null ? (quote?.price ?? null) : reading.price)}
        </span>
      ) : (
        <span className="key-price">
          <i>O</i> {price(candle.open)} <i>H</i> {price(candle.high)} <i>L</i> {price(candle.low)} <i>C</i> {price(candle.close)}
        </span>
      )}
      <span className="key-sma">
        <i>SMA9</i> {price(sma9, 4)}
      </span>
      <span className="key-vwap">
        <i>VWAP</i> {price(vwap, 4)}
      </span>
      {reading !== null && reading.volume !== null && (
        <span className="dim">
          <i>Vol</i> {count(reading.volume)}
        </span>
      )}
    </p>
  );
}
