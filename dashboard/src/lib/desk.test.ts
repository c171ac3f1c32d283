import { describe, expect, test } from 'vitest';
import { DeskStore, EMPTY_DESK, heard, marketClock, MOST_SIGNALS, withPicked, withPosition, withPrice, withSignals, withTrades, type Desk } from './desk';
import { marked, markedPortfolio } from './valuation';
import { parsePortfolio, parsePosition, parseTrade, type PriceUpdate, type Signal } from './wire';

const OPEN = Date.parse('2013-10-07T13:30:00Z');

function price(ticker: string, seconds: number, value: number): PriceUpdate {
  return { ticker, time: OPEN + seconds * 1000, price: value, volume: 100, sma9: null, vwap: null, bid: null, ask: null };
}

function trade(id: string, created: number, status: string, updated = created) {
  const at = (seconds: number) => new Date(OPEN + seconds * 1000).toISOString();
  return parseTrade({ id, ticker: 'SPY', side: 'buy', quantity: '1', order_type: 'market', status, created_at: at(created), updated_at: at(updated) });
}

describe('prices', () => {
  test('keep the newest by market time, with its direction', () => {
    let desk = withPrice(EMPTY_DESK, price('SPY', 1, 167.4), 1000);
    expect(desk.quotes['SPY']).toMatchObject({ move: 0, changes: 0 });
    desk = withPrice(desk, price('SPY', 2, 167.3), 2000);
    expect(desk.quotes['SPY']).toMatchObject({ price: 167.3, move: -1, changes: 1, heardAt: 2000 });
    expect(withPrice(desk, price('SPY', 1, 999), 3000)).toBe(desk);
  });

  test('make a ticker known and show a likely one until a person picks', () => {
    const desk = withPrice(withPrice(EMPTY_DESK, price('IBM', 1, 181), 0), price('SPY', 1, 167), 0);
    expect([desk.tickers, desk.selected]).toEqual([['IBM', 'SPY'], 'SPY']);
    expect(withPrice(withPicked(desk, 'IBM'), price('QQQ', 1, 80), 0).selected).toBe('IBM');
  });

  test('a message without bid and ask keeps those known', () => {
    const desk = withPrice(EMPTY_DESK, { ...price('SPY', 1, 167), bid: 166.99, ask: 167.01 }, 0);
    expect(withPrice(desk, price('SPY', 2, 167), 0).quotes['SPY']).toMatchObject({ bid: 166.99, ask: 167.01 });
  });
});

describe('alarms', () => {
  const alarm = (id: number, severity: string, cleared = false) =>
    ({ kind: 'alert', seq: id, alert: { time: OPEN, severity, message: `alarm ${id}`, id, hint: null, raisedAt: OPEN, cleared } }) as const;

  test('stay until they are cleared, the worst first', () => {
    let desk = EMPTY_DESK;
    for (const message of [alarm(1, 'warning'), alarm(2, 'critical'), alarm(3, 'warning')]) {
      desk = heard(desk, message, 0);
    }
    expect(desk.alarms.map((known) => known.id)).toEqual([2, 3, 1]);
    desk = heard(heard(desk, alarm(3, 'critical'), 0), alarm(2, 'critical', true), 0);
    expect(desk.alarms.map((known) => known.id)).toEqual([3, 1]);
    expect(desk.alerts).toEqual([]);
  });
});

describe('lists', () => {
  test('signals are newest first, told twice kept once, and bounded', () => {
    const signal = (n: number, action: string | null): Signal => ({ ticker: 'SPY', time: OPEN + n * 1000, direction: 'up', price: 1, sma9: 1, vwap: 1, action });
    const many = Array.from({ length: MOST_SIGNALS + 50 }, (_, n) => signal(n, null));
    const desk = withSignals(withSignals(EMPTY_DESK, many), [signal(MOST_SIGNALS + 49, 'traded')]);
    expect(desk.signals).toHaveLength(MOST_SIGNALS);
    expect(desk.signals[0]?.action).toBe('traded');
  });

  test('an older account of a trade never overwrites a newer one', () => {
    let desk = withTrades(EMPTY_DESK, [trade('1', 0, 'filled', 5), trade('2', 1, 'working')]);
    desk = withTrades(desk, [trade('1', 0, 'pending', 0)]);
    expect(desk.trades.map(({ id, status }) => [id, status])).toEqual([
      ['2', 'working'],
      ['1', 'filled'],
    ]);
  });

  test('a position changes in its place', () => {
    const held = (ticker: string, quantity: string) => parsePosition({ ticker, quantity });
    const desk = [held('SPY', '1'), held('IBM', '2'), held('SPY', '11')].reduce<Desk>(withPosition, EMPTY_DESK);
    expect(desk.positions?.map(({ ticker, quantity }) => [ticker, quantity])).toEqual([
      ['SPY', '11'],
      ['IBM', '2'],
    ]);
  });

  test('scopes from the stream mean signed in', () => {
    expect(heard(EMPTY_DESK, { kind: 'authenticated', scopes: ['read'] }, 1).access).toBe('signed-in');
  });
});

describe('market clock', () => {
  test('is the newest event during a replay and the wall clock otherwise', () => {
    const quoted = withPrice(withPrice(EMPTY_DESK, price('SPY', 5, 167), 0), price('IBM', 9, 181), 0);
    const wallClock = Date.parse('2026-01-05T15:00:00Z');
    expect(marketClock({ ...quoted, wallClock })).toEqual({ millis: OPEN + 9000, replayed: true });
    expect(marketClock({ ...quoted, wallClock: OPEN + 60_000 })).toEqual({ millis: OPEN + 60_000, replayed: false });
    const replay = { speed: 30, paused: false, marketTime: OPEN };
    expect(marketClock({ ...EMPTY_DESK, wallClock, replay })).toEqual({ millis: OPEN, replayed: true });
  });
});

describe('valuation', () => {
  const quotes = withPrice(EMPTY_DESK, price('SPY', 1, 167.5), 0).quotes;
  const short = parsePosition({ ticker: 'SPY', quantity: '-10', market_price: '167.4000', market_value: '-1674.00', unrealized_pnl: '2.00' });

  test('moves by quantity times what the price moved, short positions included', () => {
    expect(marked(short, quotes)).toMatchObject({ marketPrice: '167.5', marketValue: '-1675.0000', unrealizedPnl: '1.0000' });
  });

  test('leaves options and unknown prices as the server valued them', () => {
    const option = { ...short, assetType: 'option' };
    expect(marked(option, quotes)).toBe(option);
    expect(marked(short, {})).toBe(short);
  });

  test('moves the equity of the account likewise', () => {
    const portfolio = parsePortfolio({ cash: '1000', equity: '5000.00', unrealized_pnl: '2.00', positions: [{ ticker: 'SPY', quantity: '10', market_price: '167.40', unrealized_pnl: '2.00' }] });
    const now = markedPortfolio(portfolio, quotes);
    expect([now.equity, now.unrealizedPnl, now.cash]).toEqual(['5001.00', '3.00', '1000']);
  });
});

test('many messages of one moment cause one rendering, and every price reaches the chart', () => {
  const scheduled: (() => void)[] = [];
  const store = new DeskStore((run) => scheduled.push(run));
  let rendered = 0;
  const prices: number[] = [];
  store.subscribe(() => {
    rendered += 1;
  });
  store.onPrice(({ price: value }) => prices.push(value));
  for (const value of [1, 2, 3]) {
    store.hear({ kind: 'price', seq: value, snapshot: false, update: price('SPY', value, value) }, 0);
  }
  scheduled.forEach((run) => run());
  expect([scheduled.length, rendered, prices]).toEqual([1, 1, [1, 2, 3]]);
});
