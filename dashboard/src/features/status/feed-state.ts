/** What the connection indicator says. */
import { marketClock, type Desk } from '../../lib/desk';
import { sessionPhase, type SessionPhase } from '../../lib/time';

export type FeedState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly inSeconds: number }
  | { readonly kind: 'live' }
  /** Connected, the market open, and no price for that many wall seconds. */
  | { readonly kind: 'stale'; readonly seconds: number }
  /** Connected, and no price is expected now. */
  | { readonly kind: 'quiet' };

const STALE_AFTER_SECONDS = 8;

export function feedState(desk: Desk): FeedState {
  const { connection, wallClock, lastPriceAt } = desk;
  switch (connection.kind) {
    case 'connecting':
      return { kind: 'connecting' };
    case 'waiting':
      return {
        kind: 'reconnecting',
        attempt: connection.attempt,
        inSeconds: Math.max(0, Math.ceil((connection.retryAt - wallClock) / 1000)),
      };
    case 'open': {
      const seconds = lastPriceAt === null ? null : Math.floor((wallClock - lastPriceAt) / 1000);
      if (seconds !== null && seconds <= STALE_AFTER_SECONDS) {
        return { kind: 'live' };
      }
      const expected = marketPhase(desk) === 'open' && desk.replay?.paused !== true;
      return expected && seconds !== null ? { kind: 'stale', seconds } : { kind: 'quiet' };
    }
  }
}

/** The session's phase now, by the server's word where it gives one. */
export function marketPhase(desk: Desk): SessionPhase | null {
  const { millis } = marketClock(desk);
  if (millis === null || millis === 0) {
    return null;
  }
  const byClock = sessionPhase(millis);
  if (desk.status?.sessionOpen === true) {
    return 'open';
  }
  return desk.status?.sessionOpen === false && byClock === 'open' ? 'closed' : byClock;
}
