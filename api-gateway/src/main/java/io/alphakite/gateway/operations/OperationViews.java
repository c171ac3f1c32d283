package io.alphakite.gateway.operations;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What operators see. */
final class OperationViews {
  private OperationViews() {}

  /** A row of {@code get_streaming_health}: wall time, the last hour. */
  record StreamingHealth(
      String ticker,
      @Nullable Instant lastUpdate,
      long recordsLastHour,
      BigDecimal avgBatchSize,
      BigDecimal errorRate,
      String status) {}

  /**
   * The whole system in one answer.
   *
   * @param status {@code ok}, {@code warning} or {@code error}: the worst of the notes
   * @param marketClock {@code wall} or {@code feed}
   * @param marketTime null before the feed's first event
   * @param sessionOpen whether the market is open now, by market time and STREAM_HOURS
   * @param openGaps gaps in the stream that last or are not repaired yet
   * @param brokerProvenAt when orders, fills and positions were last shown equal to the broker's
   * @param notes in words, worst first; empty when all is well
   */
  record SystemStatus(
      String status,
      String marketClock,
      @Nullable Instant marketTime,
      Instant wallTime,
      boolean sessionOpen,
      @Nullable Session session,
      List<String> tickers,
      List<Feed> feed,
      long openGaps,
      Engine engine,
      @Nullable Instant brokerProvenAt,
      Trading trading,
      Database database,
      Gateway gateway,
      Map<String, Service> services,
      List<Note> notes) {}

  /** The current or the next trading session. */
  record Session(LocalDate date, Instant open, Instant close, boolean earlyClose) {}

  /**
   * How fresh a ticker's data is.
   *
   * @param receivedSecondsAgo wall time since the last quote arrived
   * @param fresh false when something should have arrived and did not
   */
  record Feed(
      String ticker,
      @Nullable Instant newestRow,
      @Nullable Instant quoteTime,
      @Nullable Instant receivedAt,
      @Nullable Long receivedSecondsAgo,
      boolean fresh) {}

  /** Whether the trading engine lives. */
  record Engine(@Nullable Instant seenAt, @Nullable Long seenSecondsAgo, boolean alive) {}

  /**
   * What may be traded and what is unsettled.
   *
   * @param unprotectedTrades entries whose open position lacks exits that were asked for
   */
  record Trading(
      String mode,
      String broker,
      boolean armed,
      boolean autoTrading,
      String state,
      @Nullable String stateReason,
      long openTrades,
      long unknownTrades,
      long unprotectedTrades) {}

  /** The database, as this request found it. */
  record Database(String status, String version, String schemaVersion, long latencyMs) {}

  /** This process. */
  record Gateway(String version, String java, long uptimeSeconds, boolean listening) {}

  /**
   * A service in one word and a sentence, and what it last said of itself; null when it never did.
   */
  record Service(String status, String detail, @Nullable Versions versions) {}

  /**
   * What a service is made for.
   *
   * @param schemaVersion the newest migration that its build knows
   * @param contractVersion of what the services tell one another
   * @param contractOldest the oldest contract of another service that it works with
   */
  record Versions(
      String build,
      int schemaVersion,
      int contractVersion,
      int contractOldest,
      long reportedSecondsAgo) {}

  /** Something to know. */
  record Note(String level, String subject, String message) {}
}
