import { expect, test } from 'vitest';
import { parseTrade, type Trade } from '../../lib/wire';
import { underTheirEntries, unprotectedFirst } from './trade-rows';

function trade(id: string, parent?: string): Trade {
  return parseTrade({
    id,
    ticker: 'SPY',
    side: parent === undefined ? 'buy' : 'sell',
    quantity: '10',
    order_type: 'limit',
    status: 'working',
    created_at: '2013-10-07T15:00:00Z',
    ...(parent === undefined ? {} : { parent_id: parent, role: 'take_profit' }),
  });
}

test('exits stand under their entry, one without it where it is', () => {
  const rows = underTheirEntries([trade('stop', 'entry'), trade('profit', 'entry'), trade('other'), trade('entry'), trade('lone', 'old')]);
  expect(rows.map(({ id }) => id)).toEqual(['other', 'entry', 'stop', 'profit', 'lone']);
});

test('what lacks its exits is on top until a person accepts it', () => {
  const bare = { ...trade('bare'), unprotected: '10 SPY held: stop loss canceled' };
  const accepted = { ...trade('accepted'), unprotected: '10 SPY held: stop loss canceled', unprotectedAcceptedBy: 'key Ann' };
  const rows = underTheirEntries(unprotectedFirst([trade('new'), accepted, trade('stop', 'bare'), bare]));
  expect(rows.map(({ id }) => id)).toEqual(['bare', 'stop', 'new', 'accepted']);
});
