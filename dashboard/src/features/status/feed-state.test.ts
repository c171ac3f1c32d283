import { expect, test } from 'vitest';
import { EMPTY_DESK, withPrice, type Desk } from '../../lib/desk';
import { feedState, marketPhase } from './feed-state';

const OPEN = Date.parse('2013-10-07T14:00:00Z');
const update = { ticker: 'SPY', time: OPEN, price: 167, volume: 1, sma9: null, vwap: null, bid: null, ask: null };

function connected(heardAt: number, now: number, part: Partial<Desk> = {}): Desk {
  return { ...withPrice(EMPTY_DESK, update, heardAt), connection: { kind: 'open' }, wallClock: now, ...part };
}

test('live while prices come, stale with its seconds when they stop in an open market', () => {
  expect(feedState(connected(OPEN, OPEN + 3000))).toEqual({ kind: 'live' });
  expect(feedState(connected(OPEN, OPEN + 12_900))).toEqual({ kind: 'stale', seconds: 12 });
});

test('quiet, not stale, when no price is expected', () => {
  const evening = Date.parse('2013-10-07T22:00:00Z');
  expect(feedState(connected(OPEN, evening))).toEqual({ kind: 'quiet' });
  const replay = { speed: 30, paused: true, marketTime: OPEN };
  expect(feedState(connected(OPEN, OPEN + 60_000, { replay }))).toEqual({ kind: 'quiet' });
});

test('counts down to the next try', () => {
  const desk: Desk = { ...EMPTY_DESK, wallClock: 1000, connection: { kind: 'waiting', attempt: 3, retryAt: 3400 } };
  expect(feedState(desk)).toEqual({ kind: 'reconnecting', attempt: 3, inSeconds: 3 });
});

test('the server knows holidays that the clock does not', () => {
  const status = { overall: null, marketClock: 'wall', marketTime: null, sessionOpen: false, tickers: [], brokerProvenAt: null, notes: [] };
  expect(marketPhase(connected(OPEN, OPEN + 1000))).toBe('open');
  expect(marketPhase(connected(OPEN, OPEN + 1000, { status }))).toBe('closed');
});
