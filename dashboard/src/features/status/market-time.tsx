import { marketClock } from '../../lib/desk';
import { clock, longDate } from '../../lib/time';
import { useDesk } from '../../lib/use-desk';
import { marketPhase } from './feed-state';

/** The market's date and time, Eastern, to the second. */
export function MarketTime() {
  const second = useDesk((state) => {
    const { millis } = marketClock(state);
    return millis === null || millis === 0 ? null : Math.floor(millis / 1000);
  });
  const replayed = useDesk((state) => marketClock(state).replayed);
  const phase = useDesk(marketPhase);
  if (second === null) {
    return <span className="market-time dim">No market time yet</span>;
  }
  return (
    <span className="market-time" title={replayed ? 'Market time of the newest event (recorded session)' : 'Market time'}>
      <span className="market-date">{longDate(second * 1000)}</span>
      <b data-testid="market-clock">{clock(second * 1000)}</b> <small>ET</small>
      {phase !== null && (
        <span className="phase" data-phase={phase}>
          {phase === 'open' ? 'Open' : phase === 'closed' ? 'Closed' : phase === 'pre-market' ? 'Pre-market' : 'Post-market'}
        </span>
      )}
    </span>
  );
}
