package io.alphakite.streaming.store;

import io.alphakite.streaming.gap.GapLedger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every two seconds for gaps that {@code ./kite backfill} opened again, for the ledger. */
public final class GapsAskedFor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GapsAskedFor.class);
  private static final Duration EVERY = Duration.ofSeconds(2);

  private final GapStore gaps;
  private final GapLedger ledger;
  // By the row's version: closed and opened again between two looks it is another one.
  private final Map<UUID, String> handed = new HashMap<>();
  private final Rounds rounds;

  /** Not yet started. */
  public GapsAskedFor(GapStore gaps, GapLedger ledger) {
    this.gaps = gaps;
    this.ledger = ledger;
    this.rounds = new Rounds("gaps-asked-for", EVERY, this::round, GapsAskedFor::failed);
  }

  /** Starts looking. */
  public void start() {
    rounds.start();
  }

  /** Stops. */
  @Override
  public void close() {
    rounds.close();
  }

  /** Each is handed on once, until what became of it is in the table. */
  void round() {
    List<GapStore.Asked> asked = gaps.askedFor();
    handed.keySet().retainAll(asked.stream().map(one -> one.entry().id()).toList());
    for (GapStore.Asked one : asked) {
      if (!one.version().equals(handed.put(one.entry().id(), one.version()))) {
        ledger.askAgain(one.entry());
      }
    }
  }

  private static void failed(Exception e) {
    log.atDebug().setCause(e).log("Gaps asked for were not read");
  }
}
