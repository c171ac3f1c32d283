package io.alphakite.engine.signal;

import java.time.Instant;

/**
 * Looks at what is new, stores what was seen, and lets the strategy act: one transaction a round.
 */
public interface SignalRounds {

  /**
   * One round over all tickers.
   *
   * @param marketNow read before the rows are: a second that has passed by then is finished
   * @return how many seconds were looked at; as many again may wait when it is not 0
   */
  int round(Instant marketNow);
}
