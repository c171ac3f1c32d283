/** Positions and portfolio marked to the newest prices the page has heard, exactly. */
import { add, multiply, signOf, subtract, sum, toDecimal, ZERO, type Decimal } from './decimal';
import type { Quote } from './desk';
import type { Portfolio, Position } from './wire';

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

/** For colour: gain, loss or neither. */
export function tone(value: Decimal | null): 'up' | 'down' | 'flat' {
  const sign = value === null ? 0 : signOf(value);
  return sign > 0 ? 'up' : sign < 0 ? 'down' : 'flat';
}
