import type { Trade } from '../../lib/wire';

/** The same trades, each exit of a bracket under its entry; one whose entry is not shown stays where it is. */
export function underTheirEntries(trades: readonly Trade[]): Trade[] {
  const shown = new Set(trades.map((trade) => trade.id));
  const hangs = (trade: Trade) => trade.parentId !== null && shown.has(trade.parentId);
  const exits = trades.filter(hangs);
  return trades
    .filter((trade) => !hangs(trade))
    .flatMap((trade) => [trade, ...exits.filter((exit) => exit.parentId === trade.id)]);
}

/** With the trades on top whose open position lacks exits, unless a person accepted that. */
export function unprotectedFirst(trades: readonly Trade[]): readonly Trade[] {
  const waits = ({ unprotected, unprotectedAcceptedBy }: Trade): boolean => unprotected !== null && unprotectedAcceptedBy === null;
  return trades.some(waits) ? [...trades.filter(waits), ...trades.filter((trade) => !waits(trade))] : trades;
}
