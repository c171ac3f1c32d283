/**
 * The one store of what the page knows, outside React: stream and REST answers go in, components select slices.
 * States are immutable and every list is bounded, so a page that stays open for weeks does not grow.
 */
import type { ConnectionState } from './stream-connection';
import type {
  Alert,
  Controls,
  DailyPnl,
  OptionQuote,
  Portfolio,
  Position,
  PriceUpdate,
  Replay,
  ServerMessage,
  Signal,
  SystemStatus,
  Trade,
  Unresolved,
} from './wire';

export const MOST_SIGNALS = 300;
export const MOST_TRADES = 300;
export const MOST_ALERTS = 20;
export const MOST_ALARMS = 100;

/** The newest a ticker showed. */
export interface Quote extends PriceUpdate {
  /** When this page heard it, wall clock. */
  readonly heardAt: number;
  /** Up or down against the price before; 0 at first. */
  readonly move: -1 | 0 | 1;
  /** Counts changes of the price, so that a component can flash on each. */
  readonly changes: number;
}

/** Who is looking: found out from what the gateway refuses. */
export type Access = 'unknown' | 'signed-in' | 'public' | 'refused';

/** The close before this session, or its first price where none is known. */
export interface Reference {
  readonly price: number;
  readonly kind: 'previous close' | 'open';
  /** The Eastern date it is the reference for. */
  readonly date: string;
}

export interface Desk {
  readonly connection: ConnectionState;
  readonly lastHeardAt: number | null;
  readonly lastPriceAt: number | null;
  readonly access: Access;
  readonly tickers: readonly string[];
  /** What chart and ticket show: the one a person picked, or a likely one. */
  readonly selected: string | null;
  readonly picked: boolean;
  readonly quotes: Readonly<Record<string, Quote>>;
  readonly references: Readonly<Record<string, Reference>>;
  /** The option contracts of one ticker by symbol, of the one that was selected when they were asked for. */
  readonly chain: { readonly ticker: string; readonly contracts: Readonly<Record<string, OptionQuote>> } | null;
  readonly signals: readonly Signal[];
  readonly trades: readonly Trade[];
  readonly positions: readonly Position[] | null;
  readonly portfolio: Portfolio | null;
  /** The market date's result: 'none' where nothing was traded or held on it, null before it was asked for. */
  readonly today: DailyPnl | 'none' | null;
  readonly controls: Controls | null;
  readonly replay: Replay | null;
  readonly status: SystemStatus | null;
  /** Moments, newest first. */
  readonly alerts: readonly Alert[];
  /** What holds until it is cleared, the worst first. */
  readonly alarms: readonly Alert[];
  /** Orders that may or may not be at the broker. */
  readonly unresolved: readonly Unresolved[];
  readonly wallClock: number;
  /** What the gateway says of this connection, with each heartbeat. */
  readonly lagMillis: number | null;
  readonly dropped: number | null;
}

/** Shown first where they are streamed: the funds that most people watch. */
const LIKELY = ['SPY', 'QQQ'];

export const EMPTY_DESK: Desk = {
  connection: { kind: 'connecting' },
  lastHeardAt: null,
  lastPriceAt: null,
  access: 'unknown',
  tickers: [],
  selected: null,
  picked: false,
  quotes: {},
  references: {},
  chain: null,
  signals: [],
  trades: [],
  positions: null,
  portfolio: null,
  today: null,
  controls: null,
  replay: null,
  status: null,
  alerts: [],
  alarms: [],
  unresolved: [],
  wallClock: 0,
  lagMillis: null,
  dropped: null,
};

export function withTickers(desk: Desk, found: readonly string[]): Desk {
  const fresh = found.filter((ticker) => !desk.tickers.includes(ticker));
  if (fresh.length === 0) {
    return desk;
  }
  const tickers = [...desk.tickers, ...new Set(fresh)];
  const likely = LIKELY.find((ticker) => tickers.includes(ticker)) ?? tickers[0] ?? null;
  return { ...desk, tickers, selected: desk.picked ? desk.selected : likely };
}

export function withPicked(desk: Desk, ticker: string): Desk {
  return { ...desk, selected: ticker, picked: true };
}

/** A price, unless an older one of the same ticker arrives late. */
export function withPrice(desk: Desk, update: PriceUpdate, heardAt: number): Desk {
  const known = desk.quotes[update.ticker];
  if (known !== undefined && update.time < known.time) {
    return desk;
  }
  const changed = known !== undefined && known.price !== update.price;
  const quote: Quote = {
    ...update,
    bid: update.bid ?? known?.bid ?? null,
    ask: update.ask ?? known?.ask ?? null,
    heardAt,
    move: changed ? (update.price > known.price ? 1 : -1) : (known?.move ?? 0),
    changes: (known?.changes ?? 0) + (changed ? 1 : 0),
  };
  return withTickers({ ...desk, quotes: { ...desk.quotes, [update.ticker]: quote }, lastPriceAt: heardAt }, [update.ticker]);
}

/** A ticker's contracts as they are now; what is not among them is over or out of sight. */
export function withChain(desk: Desk, ticker: string, found: readonly OptionQuote[]): Desk {
  const contracts = Object.fromEntries(found.map((option) => [option.symbol, newer(desk.chain?.contracts[option.symbol], option)]));
  return { ...desk, chain: { ticker, contracts } };
}

/** A contract of the chain that is shown; others are of no interest. */
export function withOption(desk: Desk, option: OptionQuote): Desk {
  const { chain } = desk;
  if (chain === null || chain.ticker !== option.ticker) {
    return desk;
  }
  return { ...desk, chain: { ...chain, contracts: { ...chain.contracts, [option.symbol]: newer(chain.contracts[option.symbol], option) } } };
}

function newer(known: OptionQuote | undefined, option: OptionQuote): OptionQuote {
  return known !== undefined && known.time > option.time ? known : option;
}

function signalKey(signal: Signal): string {
  return `${signal.ticker} ${signal.time} ${signal.direction}`;
}

/** Newest first; a signal told again (its action became known) replaces itself. */
export function withSignals(desk: Desk, found: readonly Signal[]): Desk {
  const byKey = new Map(desk.signals.map((signal) => [signalKey(signal), signal]));
  for (const signal of found) {
    byKey.set(signalKey(signal), signal);
  }
  return { ...desk, signals: [...byKey.values()].toSorted((a, b) => b.time - a.time).slice(0, MOST_SIGNALS) };
}

/** Newest first; of two accounts of one trade the later one stays. */
export function withTrades(desk: Desk, found: readonly Trade[]): Desk {
  const byId = new Map(desk.trades.map((trade) => [trade.id, trade]));
  for (const trade of found) {
    const known = byId.get(trade.id);
    if (known === undefined || trade.updatedAt >= known.updatedAt) {
      byId.set(trade.id, trade);
    }
  }
  return { ...desk, trades: [...byId.values()].toSorted(newestTradeFirst).slice(0, MOST_TRADES) };
}

function newestTradeFirst(a: Trade, b: Trade): number {
  return b.createdAt - a.createdAt || (b.marketTime ?? 0) - (a.marketTime ?? 0);
}

function positionKey(position: Position): string {
  return position.optionSymbol ?? position.ticker;
}

/** In place where it is known, so that rows do not jump; a new one goes to the end. */
export function withPosition(desk: Desk, position: Position): Desk {
  const known = desk.positions ?? [];
  const at = known.findIndex((other) => positionKey(other) === positionKey(position));
  return { ...desk, positions: at < 0 ? [...known, position] : known.with(at, position) };
}

const SEVERITY: Readonly<Record<string, number>> = { critical: 0, warning: 1, info: 2 };

/** The alarms that hold: the worst first, then the newest. */
export function withAlarms(desk: Desk, found: readonly Alert[]): Desk {
  const alarms = found
    .filter((alarm) => !alarm.cleared)
    .toSorted((a, b) => (SEVERITY[a.severity] ?? 0) - (SEVERITY[b.severity] ?? 0) || (b.id ?? 0) - (a.id ?? 0))
    .slice(0, MOST_ALARMS);
  return { ...desk, alarms };
}

/** What a stream message changes. */
export function heard(desk: Desk, message: ServerMessage, at: number): Desk {
  const next = { ...desk, lastHeardAt: at };
  switch (message.kind) {
    case 'price':
      return withPrice(next, message.update, at);
    case 'signal':
      return withSignals(next, [message.signal]);
    case 'trade':
      return withTrades(next, [message.trade]);
    case 'position':
      return withPosition(next, message.position);
    case 'portfolio':
      return { ...next, portfolio: message.portfolio };
    case 'option':
      return withOption(next, message.option);
    case 'alert':
      return message.alert.id === null
        ? { ...next, alerts: [message.alert, ...next.alerts].slice(0, MOST_ALERTS) }
        : withAlarms(next, [...next.alarms.filter((known) => known.id !== message.alert.id), message.alert]);
    case 'unresolved':
      return { ...next, unresolved: message.items };
    case 'authenticated':
      return message.scopes.length > 0 ? { ...next, access: 'signed-in' } : next;
    case 'subscribed':
      return withTickers(next, message.tickers);
    case 'heartbeat':
      return { ...next, lagMillis: message.lagMillis, dropped: message.dropped };
    case 'pong':
    case 'error':
    case 'other':
      return next;
  }
}

/**
 * The newest market event seen on any ticker, and whether market time runs apart from the wall clock (a replay).
 * Without a replay market time is the wall clock's.
 */
export function marketClock(desk: Desk): { readonly millis: number | null; readonly replayed: boolean } {
  let newest: number | null = null;
  for (const { time } of Object.values(desk.quotes)) {
    newest = newest === null || time > newest ? time : newest;
  }
  const feed = desk.status?.marketClock ?? null;
  const apart = newest !== null && Math.abs(desk.wallClock - newest) > 7 * 86_400_000;
  const replayed = desk.replay !== null || feed === 'feed' || apart;
  if (!replayed) {
    return { millis: desk.wallClock, replayed };
  }
  const told = desk.replay?.marketTime ?? desk.status?.marketTime ?? null;
  return { millis: newest ?? told, replayed };
}

export const OPEN_STATUSES: ReadonlySet<string> = new Set([
  'pending',
  'submitting',
  'unknown',
  'working',
  'partially_filled',
  'cancel_pending',
]);

export function isOpen(trade: Trade): boolean {
  return OPEN_STATUSES.has(trade.status);
}


export type DeskListener = () => void;
export type PriceListener = (update: PriceUpdate) => void;

export class DeskStore {
  private desk: Desk;
  private readonly listeners = new Set<DeskListener>();
  private readonly priceListeners = new Set<PriceListener>();
  private scheduled = false;

  /**
   * @param schedule runs a function soon, once: many messages of one moment cause one rendering
   */
  constructor(
    private readonly schedule: (run: () => void) => void,
    initial: Desk = EMPTY_DESK,
  ) {
    this.desk = initial;
  }

  readonly get = (): Desk => this.desk;

  readonly subscribe = (listener: DeskListener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Every single price message, in order: for the chart, which draws each. */
  onPrice(listener: PriceListener): () => void {
    this.priceListeners.add(listener);
    return () => this.priceListeners.delete(listener);
  }

  update(change: (desk: Desk) => Desk): void {
    const next = change(this.desk);
    if (next === this.desk) {
      return;
    }
    this.desk = next;
    if (!this.scheduled) {
      this.scheduled = true;
      this.schedule(() => {
        this.scheduled = false;
        for (const listener of this.listeners) {
          listener();
        }
      });
    }
  }

  hear(message: ServerMessage, at: number): void {
    this.update((desk) => heard(desk, message, at));
    if (message.kind === 'price') {
      for (const listener of this.priceListeners) {
        listener(message.update);
      }
    }
  }
}
