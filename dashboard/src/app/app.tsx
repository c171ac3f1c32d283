import { useEffect } from 'react';
import { KiteLogo } from '../components/kite-logo';
import { ThemeButton } from '../components/theme-button';
import { ChartPanel } from '../features/chart/chart-panel';
import { OptionChain } from '../features/options/option-chain';
import { PositionsTable } from '../features/positions/positions-table';
import { SignalsList } from '../features/signals/signals-list';
import { AlarmBanner } from '../features/status/alarm-banner';
import { ConnectionIndicator } from '../features/status/connection-indicator';
import { HealthNotes } from '../features/status/health-notes';
import { MarketTime } from '../features/status/market-time';
import { PortfolioStrip } from '../features/status/portfolio-strip';
import { ReplayControl } from '../features/status/replay-control';
import { SignInNotice } from '../features/status/sign-in-notice';
import { TradingControls } from '../features/status/trading-controls';
import { feedState } from '../features/status/feed-state';
import { TradeTicket } from '../features/ticket/trade-ticket';
import { TradesTable } from '../features/trades/trades-table';
import { UnresolvedPanel } from '../features/unresolved/unresolved-panel';
import { Watchlist } from '../features/watchlist/watchlist';
import { lastPrice } from '../lib/format';
import { useDesk } from '../lib/use-desk';
import '../features/status/status.css';

/** The one page. The order here is the order on a phone; wide screens place it in a grid. */
export function App() {
  const feed = useDesk((state) => feedState(state).kind);
  useTitle();
  return (
    <>
      <header className="top">
        <h1 className="brand">
          <KiteLogo />
          Alpha Kite
        </h1>
        <ConnectionIndicator />
        <MarketTime />
        <ReplayControl />
        <TradingControls />
        <ThemeButton />
      </header>
      <SignInNotice />
      <AlarmBanner />
      <UnresolvedPanel />
      <main className="desk" data-feed={feed}>
        <PortfolioStrip />
        <Watchlist />
        <ChartPanel />
        <OptionChain />
        <div className="sidebar">
          <TradeTicket />
          <HealthNotes />
        </div>
        <PositionsTable />
        <TradesTable />
        <SignalsList />
      </main>
    </>
  );
}

/** The selected ticker's price in the window's title, for when the page is one tab of many. */
function useTitle(): void {
  const ticker = useDesk((state) => state.selected);
  const last = useDesk((state) => (state.selected === null ? null : (state.quotes[state.selected]?.price ?? null)));
  useEffect(() => {
    document.title = ticker === null || last === null ? 'Alpha Kite' : `${ticker} ${lastPrice(last)} · Alpha Kite`;
  }, [ticker, last]);
}
