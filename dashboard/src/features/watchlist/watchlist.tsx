import { memo } from 'react';
import { Empty, Panel } from '../../components/panel';
import { marketClock, withPicked, type Quote, type Reference } from '../../lib/desk';
import { age, lastPrice, percent, price, signedPrice } from '../../lib/format';
import { desk, useDesk } from '../../lib/use-desk';
import { staleAfterMillis } from './stale';
import './watchlist.css';

/** The tickers with their newest prices; choosing one shows it in the chart and the ticket. */
export function Watchlist() {
  const tickers = useDesk((state) => state.tickers);
  const selected = useDesk((state) => state.selected);
  const quotes = useDesk((state) => state.quotes);
  const references = useDesk((state) => state.references);
  const speed = useDesk((state) => state.replay?.speed ?? 1);
  const market = useDesk((state) => marketClock(state).millis);
  return (
    <Panel title="Watchlist" className="watchlist">
      {tickers.length === 0 ? (
        <Empty>No ticker streamed yet.</Empty>
      ) : (
        <ul className="watch-rows">
          {tickers.map((ticker) => {
            const quote = quotes[ticker];
            const behind = quote === undefined || market === null ? null : market - quote.time;
            const stale = behind !== null && behind > staleAfterMillis(speed);
            return (
              <Row
                key={ticker}
                ticker={ticker}
                quote={quote}
                reference={references[ticker]}
                selected={ticker === selected}
                staleFor={stale ? behind : null}
              />
            );
          })}
        </ul>
      )}
    </Panel>
  );
}

interface RowProps {
  readonly ticker: string;
  readonly quote: Quote | undefined;
  readonly reference: Reference | undefined;
  readonly selected: boolean;
  /** Market milliseconds without an update, or null while fresh. */
  readonly staleFor: number | null;
}

const Row = memo(function Row({ ticker, quote, reference, selected, staleFor }: RowProps) {
  const change = quote === undefined || reference === undefined ? null : quote.price - reference.price;
  const ratio = change === null || reference === undefined ? null : change / reference.price;
  const tone = change === null || change === 0 ? 'flat' : change > 0 ? 'up' : 'down';
  return (
    <li>
      <button
        type="button"
        className="watch-row"
        aria-pressed={selected}
        data-stale={staleFor !== null}
        data-testid={`watch-${ticker}`}
        onClick={() => desk.update((state) => withPicked(state, ticker))}
      >
        <span className="watch-ticker">{ticker}</span>
        <span className="watch-last" data-testid={`last-${ticker}`}>
          {/* A new element for each change restarts the flash. */}
          <span key={quote?.changes ?? 0} className="flash" data-move={quote?.changes === 0 ? 0 : (quote?.move ?? 0)}>
            {lastPrice(quote?.price ?? null)}
          </span>
        </span>
        <span className="watch-change" data-tone={tone} title={reference === undefined ? undefined : `since ${reference.kind} ${price(reference.price)}`}>
          {signedPrice(change)} <b>{percent(ratio)}</b>
        </span>
        <span className="watch-detail">
          <span>
            <i>Bid</i> {price(quote?.bid ?? null)}
          </span>
          <span>
            <i className="key-sma">SMA9</i> {price(quote?.sma9 ?? null)}
          </span>
          <span>
            <i>Ask</i> {price(quote?.ask ?? null)}
          </span>
          <span>
            <i className="key-vwap">VWAP</i> {price(quote?.vwap ?? null)}
          </span>
        </span>
        {staleFor !== null && <span className="watch-stale">no update for {age(staleFor)}</span>}
      </button>
    </li>
  );
});
