import { describe, expect, test } from 'vitest';
import type { OptionQuote } from '../../lib/wire';
import { chainRows, expirations } from './chain-rows';

function option(strike: number, type: 'call' | 'put', expiration = '2013-10-08'): OptionQuote {
  return {
    ticker: 'SPY',
    symbol: `${expiration} ${type} ${strike}`,
    type,
    strike,
    expiration,
    time: 0,
    last: 1,
    bid: 0,
    ask: 2,
    volume: null,
    openInterest: 5,
    volatility: null,
    delta: 0.5,
  };
}

describe('the rows of a chain', () => {
  const contracts = [option(168, 'put'), option(167, 'call'), option(168, 'call'), option(170, 'call', '2013-10-11')];

  test('pair calls and puts by strike, in order', () => {
    const rows = chainRows(contracts, '2013-10-08', 167.4);
    expect(rows.map((row) => [row.strike, row.call !== null, row.put !== null, row.atTheMoney])).toEqual([
      [167, true, false, true],
      [168, true, true, false],
    ]);
    expect(expirations(contracts)).toEqual(['2013-10-08', '2013-10-11']);
  });

  test('are the strikes nearest to the price, or the middle ones without one', () => {
    const many = Array.from({ length: 20 }, (_, i) => option(100 + i, 'call'));
    expect(chainRows(many, '2013-10-08', 117.2).map((row) => row.strike)).toEqual([113, 114, 115, 116, 117, 118, 119]);
    expect(chainRows(many, '2013-10-08', null).map((row) => row.strike)).toEqual([107, 108, 109, 110, 111, 112, 113]);
    expect(chainRows([], '2013-10-08', 117.2)).toEqual([]);
  });
});
