import type { OptionQuote } from '../../lib/wire';

/** Strikes shown at most, those nearest to the price. */
export const MOST_STRIKES = 7;

/** Calls and puts of one strike. */
export interface ChainRow {
  readonly strike: number;
  readonly call: OptionQuote | null;
  readonly put: OptionQuote | null;
  /** The strike nearest to the price. */
  readonly atTheMoney: boolean;
}

/** The dates of a chain, the nearest first. */
export function expirations(contracts: readonly OptionQuote[]): string[] {
  return [...new Set(contracts.map((option) => option.expiration))].toSorted();
}

/** One expiration by strike: those nearest to the price, or the middle ones where there is none. */
export function chainRows(contracts: readonly OptionQuote[], expiration: string, price: number | null): ChainRow[] {
  const shown = contracts.filter((option) => option.expiration === expiration);
  const strikes = [...new Set(shown.map((option) => option.strike))].toSorted((a, b) => a - b);
  const middle = price ?? strikes[Math.floor(strikes.length / 2)] ?? 0;
  const nearest = strikes.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle) || a - b);
  const near = new Set(nearest.slice(0, MOST_STRIKES));
  return strikes
    .filter((strike) => near.has(strike))
    .map((strike) => ({
      strike,
      call: shown.find((option) => option.strike === strike && option.type === 'call') ?? null,
      put: shown.find((option) => option.strike === strike && option.type === 'put') ?? null,
      atTheMoney: price !== null && strike === nearest[0],
    }));
}
