/** Positions and portfolio marked to the newest prices the page has heard, exactly. */
import { add, multiply, signOf, subtract, sum, toDecimal, ZERO, type Decimal } from './decimal';
import type { Quote } from './desk';
import type { DailyPnl, Portfolio, Position } from './wire';

/**
 * The position with its value and unrealized P&L moved by what the price has moved since the server valued it: right
 * for long and short alike, and the server's own figures stay the base. Options keep the server's figures.
 */
export function marked(position: Position, quotes: Readonly<Record<string, Quote>>): Position {
  const newest = toDecimal(quotes[position.ticker]?.price);
  if (newest === null || position.marketPrice === null || position.assetType !== 'equity') {
    return position;
  }
  const gained = multiply(position.quantity, subtract(newest, position.marketPrice));
  return {
    ...position,
    marketPrice: newest,
    marketValue: position.marketValue === null ? null : add(position.marketValue, gained),
    unrealizedPnl: position.unrealizedPnl === null ? null : add(position.unrealizedPnl, gained),
  };
}

/** The portfolio with equity and unrealized P&L moved likewise. */
export function markedPortfolio(portfolio: Portfolio, quotes: Readonly<Record<string, Quote>>): Portfolio {
  const gained = sum(
    portfolio.positions.map((position) => {
      const now = marked(position, quotes);
      return now.unrealizedPnl === null || position.unrealizedPnl === null
        ? ZERO
        : subtract(now.unrealizedPnl, position.unrealizedPnl);
    }),
  );
  return {
    ...portfolio,
    equity: portfolio.equity === null ? null : add(portfolio.equity, gained),
    unrealizedPnl: portfolio.unrealizedPnl === null ? null : add(portfolio.unrealizedPnl, gained),
  };
}

/**
 * What the market date brought: realized, less fees; and with it the change of what is unrealized. What a position had
 * gained before the date began is not the date's.
 */
export function dayResult(
  today: DailyPnl | 'none' | null,
  unrealized: Decimal | null,
): { readonly realized: Decimal | null; readonly total: Decimal | null } {
  if (today === null) {
    return { realized: null, total: null };
  }
  if (today === 'none') {
    return { realized: ZERO, total: ZERO };
  }
  const realized = subtract(today.realizedPnl, today.fees);
  return { realized, total: unrealized === null ? null : add(realized, subtract(unrealized, today.carriedPnl)) };
}

/** For colour: gain, loss or neither. */
export function tone(value: Decimal | null): 'up' | 'down' | 'flat' {
  const sign = value === null ? 0 : signOf(value);
  return sign > 0 ? 'up' : sign < 0 ? 'down' : 'flat';
}
