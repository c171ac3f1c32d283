/** The drawing itself: TradingView's lightweight-charts with our series, colours and Eastern time axis. */
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  LineSeries,
  LineStyle,
  TickMarkType,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type LineData,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
  type WhitespaceData,
} from 'lightweight-charts';
import { clock, clockMinutes, longDate, shortDate } from '../../lib/time';
import type { Candle, PricePoint, Signal } from '../../lib/wire';
import { candleStart, lastOfEach } from './candles';

/** What the legend tells: at the crosshair, or of the newest when there is none. */
export interface Reading {
  readonly time: number;
  readonly price: number | null;
  readonly candle: Candle | null;
  readonly sma9: number | null;
  readonly vwap: number | null;
  readonly volume: number | null;
}

type LinePoint = LineData | WhitespaceData;

function seconds(millis: number): UTCTimestamp {
  return Math.floor(millis / 1000) as UTCTimestamp;
}

function line(time: number, value: number | null): LinePoint {
  return value === null ? { time: seconds(time) } : { time: seconds(time), value };
}

function millisOf(time: Time): number {
  return typeof time === 'number' ? time * 1000 : 0;
}

interface Palette {
  readonly text: string;
  readonly grid: string;
  readonly line: string;
  readonly price: string;
  readonly sma9: string;
  readonly vwap: string;
  readonly up: string;
  readonly down: string;
  readonly volume: string;
}

function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read('--dim'),
    grid: read('--grid'),
    line: read('--line'),
    price: read('--price'),
    sma9: read('--sma9'),
    vwap: read('--vwap'),
    up: read('--up'),
    down: read('--down'),
    volume: read('--volume'),
  };
}

const FONT = 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
/** How much is shown at first, even where there is less yet: the view keeps its width while it follows. */
const FIRST_POINTS = 1200;
const FIRST_CANDLES = 120;

export class PriceChart {
  private readonly chart: IChartApi;
  private readonly priceLine: ISeriesApi<'Line'>;
  private readonly candleSeries: ISeriesApi<'Candlestick'>;
  private readonly volumeSeries: ISeriesApi<'Histogram'>;
  private readonly smaLine: ISeriesApi<'Line'>;
  private readonly vwapLine: ISeriesApi<'Line'>;
  private readonly markers: ISeriesMarkersPluginApi<Time>;
  /** Another theme sets an attribute of the root element. */
  private readonly themes = new MutationObserver(() => this.repaint());
  private candleMillis: number | null = null;
  private colours: Palette;
  private signals: readonly Signal[] = [];
  private firstTime: number | null = null;
  private lastTime: number | null = null;
  private volumes = new Map<number, number>();
  private fitted = false;
  /** How many places of the time axis are taken. */
  private shown = 0;
  private holding: IPriceLine | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly onReading: (reading: Reading | null) => void,
  ) {
    this.colours = palette(element);
    this.chart = createChart(element, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      localization: { timeFormatter: (time: Time) => `${longDate(millisOf(time))}  ${clock(millisOf(time))} ET`, locale: 'en-US' },
      timeScale: {
        timeVisible: true,
        secondsVisible: true,
        rightOffset: 8,
        minBarSpacing: 0.02,
        tickMarkFormatter: (time: Time, kind: TickMarkType) => tickMark(millisOf(time), kind),
      },
      rightPriceScale: { scaleMargins: { top: 0.14, bottom: 0.2 } },
      handleScale: { axisPressedMouseMove: true },
    });
    this.volumeSeries = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.volumeSeries.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
    this.candleSeries = this.chart.addSeries(CandlestickSeries, { borderVisible: false, visible: false });
    this.vwapLine = this.chart.addSeries(LineSeries, { lineWidth: 2, priceLineVisible: false, crosshairMarkerVisible: false });
    this.smaLine = this.chart.addSeries(LineSeries, { lineWidth: 2, priceLineVisible: false, crosshairMarkerVisible: false });
    this.priceLine = this.chart.addSeries(LineSeries, { lineWidth: 1, priceLineStyle: LineStyle.Dotted });
    this.markers = createSeriesMarkers(this.smaLine, []);
    this.paint();
    this.themes.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    this.chart.subscribeCrosshairMove((event) => {
      if (event.time === undefined || event.point === undefined) {
        this.onReading(null);
        return;
      }
      const value = (series: ISeriesApi<'Line'>) => {
        const data = event.seriesData.get(series) as LineData | undefined;
        return data?.value ?? null;
      };
      const candle = event.seriesData.get(this.candleSeries) as CandlestickData | undefined;
      const time = millisOf(event.time);
      const volume = this.volumes.get(time) ?? null;
      this.onReading({
        time,
        price: value(this.priceLine),
        candle: candle === undefined ? null : { time, open: candle.open, high: candle.high, low: candle.low, close: candle.close, volume: volume ?? 0 },
        sma9: value(this.smaLine),
        vwap: value(this.vwapLine),
        volume,
      });
    });
  }

  /** Starts over for another ticker or interval. */
  reset(candleMillis: number | null): void {
    this.candleMillis = candleMillis;
    this.fitted = false;
    this.shown = 0;
    this.firstTime = this.lastTime = null;
    this.priceLine.applyOptions({ visible: candleMillis === null });
    this.candleSeries.applyOptions({ visible: candleMillis !== null });
    this.chart.timeScale().applyOptions({ secondsVisible: candleMillis === null });
    this.draw([], []);
  }

  draw(points: readonly PricePoint[], candles: readonly Candle[]): void {
    const scale = this.chart.timeScale();
    const looking = this.fitted ? scale.getVisibleRange() : null;
    const following = this.fitted && scale.scrollPosition() >= -1 ? scale.getVisibleLogicalRange() : null;
    const millis = this.candleMillis;
    const ends = millis === null ? points : lastOfEach(points, millis);
    this.volumes = new Map((millis === null ? points : candles).map(({ time, volume }) => [time, volume]));
    this.priceLine.setData(millis === null ? points.map((point) => line(point.time, point.price)) : []);
    this.candleSeries.setData(millis === null ? [] : candles.map(drawnCandle));
    this.volumeSeries.setData(millis === null ? volumesOf(points, this.colours) : candles.map((candle) => volumeOf(candle, this.colours)));
    this.smaLine.setData(ends.map((point) => line(point.time, point.sma9)));
    this.vwapLine.setData(ends.map((point) => line(point.time, point.vwap)));
    this.firstTime = ends[0]?.time ?? null;
    this.lastTime = ends.at(-1)?.time ?? null;
    this.mark(this.signals);
    const shown = Math.max(ends.length, candles.length);
    if (shown === 0) {
      return;
    }
    if (!this.fitted) {
      this.fitted = true;
      const wanted = millis === null ? FIRST_POINTS : FIRST_CANDLES;
      scale.setVisibleLogicalRange({ from: shown - wanted, to: shown + wanted * 0.04 });
    } else if (following !== null) {
      const moved = shown - this.shown;
      scale.setVisibleLogicalRange({ from: following.from + moved, to: following.to + moved });
    } else if (looking !== null) {
      scale.setVisibleRange(looking);
    }
    this.shown = shown;
  }

  append(points: readonly PricePoint[], candle: Candle | undefined): void {
    const millis = this.candleMillis;
    const drawnUntil = this.lastTime ?? 0;
    for (const point of points) {
      const time = millis === null ? point.time : candleStart(point.time, millis);
      if (this.lastTime !== null && time < this.lastTime) {
        continue;
      }
      if (millis === null) {
        this.priceLine.update(line(point.time, point.price));
        this.volumeSeries.update({ time: seconds(point.time), value: point.volume, color: this.colours.volume });
        this.volumes.set(point.time, point.volume);
      }
      this.smaLine.update(line(time, point.sma9));
      this.vwapLine.update(line(time, point.vwap));
      this.shown += time === this.lastTime ? 0 : 1;
      this.firstTime ??= time;
      this.lastTime = time;
    }
    if (millis !== null && candle !== undefined) {
      this.candleSeries.update(drawnCandle(candle));
      this.volumeSeries.update(volumeOf(candle, this.colours));
      this.volumes.set(candle.time, candle.volume);
    }
    const until = this.lastTime ?? 0;
    if (this.signals.some(({ time }) => time > drawnUntil && time <= until + (millis ?? 0))) {
      this.mark(this.signals);
    }
  }

  /** Marks the crossings that lie within what is drawn. */
  mark(signals: readonly Signal[]): void {
    this.signals = signals;
    const { firstTime, lastTime, candleMillis } = this;
    // A signal may be told before the second it belongs to is drawn: it waits, or it would stand at the edge.
    const drawn = (time: number) =>
      firstTime !== null && lastTime !== null && time >= firstTime && time < lastTime + (candleMillis ?? 1000);
    const markers = signals
      .filter((signal) => drawn(signal.time))
      .map((signal): SeriesMarker<Time> => {
        const up = signal.direction === 'up';
        return {
          time: seconds(candleMillis === null ? signal.time : candleStart(signal.time, candleMillis)),
          position: up ? 'belowBar' : 'aboveBar',
          shape: up ? 'arrowUp' : 'arrowDown',
          color: up ? this.colours.up : this.colours.down,
          size: 1.4,
        };
      })
      .toSorted((a, b) => millisOf(a.time) - millisOf(b.time));
    this.markers.setMarkers(markers);
  }

  /** A line at what is held cost on average; null for none. */
  hold(average: number | null, quantity: string): void {
    if (this.holding !== null) {
      this.smaLine.removePriceLine(this.holding);
      this.holding = null;
    }
    if (average !== null) {
      this.holding = this.smaLine.createPriceLine({
        price: average,
        color: this.colours.text,
        lineStyle: LineStyle.Dashed,
        lineWidth: 1,
        axisLabelVisible: false,
        title: `${quantity} held`,
      });
    }
  }

  showSession(): void {
    this.chart.timeScale().fitContent();
  }

  showNewest(): void {
    this.chart.timeScale().scrollToRealTime();
  }

  remove(): void {
    this.themes.disconnect();
    this.chart.remove();
  }

  /** Volume bars and markers carry their colour in the data: those are set anew as well. */
  private repaint(): void {
    this.paint();
    this.holding?.applyOptions({ color: this.colours.text });
    const volumes = [...this.volumes].map(([time, value]) => ({ time: seconds(time), value, color: this.colours.volume }));
    this.volumeSeries.setData(volumes);
    this.mark(this.signals);
  }

  private paint(): void {
    this.colours = palette(this.element);
    const { text, grid, line: border, price, sma9, vwap, up, down } = this.colours;
    this.chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: 'transparent' }, textColor: text, fontFamily: FONT, fontSize: 11, attributionLogo: true },
      grid: { vertLines: { color: grid }, horzLines: { color: grid } },
      rightPriceScale: { borderColor: border },
      timeScale: { borderColor: border },
    });
    this.priceLine.applyOptions({ color: price, priceLineColor: text });
    this.smaLine.applyOptions({ color: sma9 });
    this.vwapLine.applyOptions({ color: vwap });
    this.candleSeries.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
  }
}

function drawnCandle({ time, open, high, low, close }: Candle): CandlestickData {
  return { time: seconds(time), open, high, low, close };
}

function volumeOf(candle: Candle, colours: Palette): HistogramData {
  return { time: seconds(candle.time), value: candle.volume, color: colours.volume };
}

function volumesOf(points: readonly PricePoint[], colours: Palette): HistogramData[] {
  return points.map((point) => ({ time: seconds(point.time), value: point.volume, color: colours.volume }));
}

function tickMark(millis: number, kind: TickMarkType): string {
  switch (kind) {
    case TickMarkType.Year:
    case TickMarkType.Month:
    case TickMarkType.DayOfMonth:
      return shortDate(millis);
    case TickMarkType.Time:
      return clockMinutes(millis);
    case TickMarkType.TimeWithSeconds:
      return clock(millis);
  }
}
