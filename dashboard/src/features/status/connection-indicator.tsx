import { useDesk } from '../../lib/use-desk';
import { feedState } from './feed-state';

function said(kind: ReturnType<typeof feedState>['kind'], seconds: number, attempt: number): string {
  switch (kind) {
    case 'connecting':
      return 'Connecting';
    case 'reconnecting':
      return seconds > 0 ? `Reconnecting in ${seconds} s (try ${attempt})` : `Reconnecting (try ${attempt})`;
    case 'live':
      return 'Live';
    case 'stale':
      return `Stale ${seconds} s`;
    case 'quiet':
      return 'Connected';
  }
}

export function ConnectionIndicator() {
  const kind = useDesk((state) => feedState(state).kind);
  const seconds = useDesk((state) => {
    const feed = feedState(state);
    return feed.kind === 'stale' ? feed.seconds : feed.kind === 'reconnecting' ? feed.inSeconds : 0;
  });
  const attempt = useDesk((state) => (state.connection.kind === 'waiting' ? state.connection.attempt : 0));
  const lag = useDesk((state) => state.lagMillis);
  const dropped = useDesk((state) => state.dropped);
  const title = lag === null ? undefined : `lag ${lag} ms, ${dropped ?? 0} older prices left out`;
  return (
    <span className="connection" data-kind={kind} data-testid="connection" role="status" title={title}>
      <span className="dot" aria-hidden="true" />
      {said(kind, seconds, attempt)}
    </span>
  );
}
