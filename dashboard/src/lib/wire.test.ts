import { describe, expect, test } from 'vitest';
import { items, MalformedError, parseControls, parsePosition, parseServerMessage, parseSystemStatus, parseTrade } from './wire';

const trade = {
  id: 7,
  ticker: 'SPY',
  side: 'buy',
  quantity: '10',
  order_type: 'market',
  limit_price: null,
  status: 'filled',
  filled_quantity: '10',
  average_fill_price: '167.41000000',
  broker_order_id: 1001,
  created_at: '2013-10-07T13:31:00Z',
  something_new: true,
};

describe('stream messages', () => {
  test('a price keeps its nulls and its time', () => {
    const frame =
      '{"type":"price","seq":1,"snapshot":true,"ticker":"QQQ","timestamp":"2025-10-08T13:30:00Z","price":600.12,"volume":1200,"sma9":null,"vwap":600.1,"bid":600.11,"ask":600.13}';
    expect(parseServerMessage(frame)).toEqual({
      kind: 'price',
      seq: 1,
      snapshot: true,
      update: { ticker: 'QQQ', time: Date.UTC(2025, 9, 8, 13, 30), price: 600.12, volume: 1200, sma9: null, vwap: 600.1, bid: 600.11, ask: 600.13 },
    });
  });

  test('a trade stands under its name, a signal beside its type', () => {
    const told = parseServerMessage(JSON.stringify({ type: 'trade', seq: 3, trade }));
    expect(told.kind === 'trade' && [told.seq, told.trade.id, told.trade.brokerOrderId, told.trade.averageFillPrice]).toEqual([3, '7', '1001', '167.41000000']);
    const signal = parseServerMessage('{"type":"signal","seq":1,"ticker":"SPY","timestamp":"2013-10-07T14:00:00Z","direction":"up","price":1,"sma9":1,"vwap":1,"action":"stale"}');
    expect(signal.kind === 'signal' && signal.signal.action).toBe('stale');
  });

  test('kinds this page does not know pass by', () => {
    expect(parseServerMessage('{"type":"book","seq":1}')).toEqual({ kind: 'other', type: 'book' });
  });

  test('an option keeps unknown and zero apart', () => {
    const told = parseServerMessage(
      '{"type":"option","seq":4,"ticker":"SPY","option_symbol":"SPY   131008C00168000","option_type":"call","strike_price":168,' +
        '"expiration_date":"2013-10-08","timestamp":"2013-10-08T14:00:00Z","last_price":null,"bid":0,"ask":0.02,"delta":0.012}',
    );
    expect(told.kind === 'option' && [told.seq, told.option.strike, told.option.bid, told.option.last, told.option.volatility]).toEqual([4, 168, 0, null, null]);
  });

  test.each(['', '[]', '{"seq":1}', '{"type":"price","seq":1}', '{"type":"signal","ticker":"SPY","timestamp":"2013-10-07T14:00:00Z","direction":"left"}'])(
    'refuses %s',
    (frame) => {
      expect(() => parseServerMessage(frame)).toThrow(MalformedError);
    },
  );
});

describe('REST answers', () => {
  test('one malformed item does not hide the others', () => {
    expect(items({ items: [trade, { id: 1 }, null, trade] }, parseTrade)).toHaveLength(2);
    expect(() => items({ rows: [] }, parseTrade)).toThrow(MalformedError);
  });

  test('money stays the string it was', () => {
    const position = parsePosition({ ticker: 'SPY', quantity: '-3', average_price: '167.10000001', unrealized_pnl: '1.10' });
    expect([position.quantity, position.averagePrice, position.unrealizedPnl, position.marketPrice]).toEqual(['-3', '167.10000001', '1.10', null]);
  });

  test('controls are disarmed and off unless they say otherwise', () => {
    expect(parseControls({ mode: 'live' })).toEqual({ mode: 'live', broker: '', armed: false, autoTrading: false, state: 'active', stateReason: null, halt: null, haltVersion: null, confirmRequired: true });
  });

  test('controls tell who halted', () => {
    const controls = parseControls({ mode: 'live', halt: { by: 'Ann', at: '2026-01-05T15:00:00Z', reason: null }, halt_version: '7/x' });
    expect(controls.halt).toEqual({ by: 'Ann', at: Date.parse('2026-01-05T15:00:00Z'), reason: null });
    expect(controls.haltVersion).toBe('7/x');
  });

  test('a status answer of any shape gives notes', () => {
    const status = parseSystemStatus({
      status: 'DEGRADED',
      services: [{ service: 'streaming-service', status: 'UP', checks: { feed: { status: 'DOWN', message: 'no tick for 40 s' } } }],
      checks: { database: 'UP' },
      notes: ['no option chain', { level: 'error', message: 'disk is full' }, 5],
      tickers: ['SPY', 4],
    });
    expect(status.overall).toBe('DEGRADED');
    expect(status.tickers).toEqual(['SPY']);
    expect(status.notes.map(({ level, subject, text }) => `${level} ${subject}: ${text}`)).toEqual([
      'ok streaming-service: up',
      'error streaming-service feed: no tick for 40 s',
      'ok database: up',
      'warning : no option chain',
      'error : disk is full',
    ]);
    expect(parseSystemStatus({}).notes).toEqual([]);
  });
});
