import { useMemo } from 'react';
import type { Decimal } from '../../lib/decimal';
import { money, signedMoney } from '../../lib/format';
import { useDesk } from '../../lib/use-desk';
import { dayResult, markedPortfolio, tone } from '../../lib/valuation';

/** The account in one line. */
export function PortfolioStrip() {
  const portfolio = useDesk((state) => state.portfolio);
  const quotes = useDesk((state) => state.quotes);
  const today = useDesk((state) => state.today);
  const now = useMemo(() => (portfolio === null ? null : markedPortfolio(portfolio, quotes)), [portfolio, quotes]);
  const unrealized = now?.unrealizedPnl ?? null;
  const day = dayResult(today, unrealized);
  return (
    <dl className="portfolio" aria-label="Portfolio">
      <Figure name="Equity" value={now?.equity ?? null} strong />
      <Figure name="P&L today" value={day.total} signed strong />
      <Figure name="Unrealized" value={unrealized} signed />
      <Figure name="Realized today" value={day.realized} signed />
      <Figure name="Cash" value={now?.cash ?? null} />
      <Figure name="Buying power" value={now?.buyingPower ?? null} />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: Decimal | null;
  readonly signed?: boolean;
  readonly strong?: boolean;
}

function Figure({ name, value, signed = false, strong = false }: FigureProps) {
  return (
    <div className="figure" data-strong={strong}>
      <dt>{name}</dt>
      <dd data-tone={signed ? tone(value) : undefined}>{signed ? signedMoney(value) : money(value)}</dd>
    </div>
  );
}
