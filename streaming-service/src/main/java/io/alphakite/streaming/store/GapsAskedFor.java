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
  private final Thread thread;

  /** Not yet started. */
  public GapsAskedFor(GapStore gaps, GapLedger ledger) {
    this.gaps = gaps;
    this.ledger = ledger;
    this.thread = Thread.ofVirtual().name("gaps-asked-for").unstarted(this::run);
  }

  /** Starts looking. */
  public void start() {
    thread.start();
  }

  /** Stops. */
  @Override
  public void close() {
    thread.interrupt();
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

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(EVERY);
        try {
          round();
        } catch (RuntimeException e) {
          log.atDebug().setCause(e).log("Gaps asked for were not read");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
