package io.alphakite.streaming.store;

import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.history.Gap;
import io.alphakite.streaming.history.PriceHistory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Puts the broker's candles in the place of bars: soon for minutes of which the stream missed a
 * part, and after the session for all of them.
 *
 * <p>At most {@value #TICKERS_A_ROUND} tickers are asked for in a round. One whose candle does not
 * come is asked for again ever more rarely, {@value #ATTEMPTS_MAX} times.
 */
public final class BarCandles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BarCandles.class);

  private static final Duration EVERY = Duration.ofSeconds(20);
  private static final int TICKERS_A_ROUND = 5;
  private static final int ATTEMPTS_MAX = 8;
  private static final Duration PAUSE = Duration.ofMinutes(1);
  // The price history is not at once as far as the stream.
  private static final Duration SETTLED = Duration.ofMinutes(1);
  private static final Duration AFTER_SESSION = Duration.ofMinutes(15);
  // So far back minutes can be asked for in one answer.
  private static final Duration LOOKED_BACK = Duration.ofDays(9);

  private static final String INCOMPLETE =
      """
      SELECT ticker, min(timestamp) AS first, max(timestamp) AS last FROM equity_bars
      WHERE NOT complete AND timestamp >= :from AND timestamp < :to
      GROUP BY ticker ORDER BY first, ticker
      """;

  private static final String FROM_STREAM =
      """
      SELECT wanted.ticker FROM unnest(:tickers::text[]) AS wanted (ticker)
      WHERE EXISTS (
        SELECT FROM equity_bars b
        WHERE b.ticker = wanted.ticker AND b.timestamp >= :from AND b.timestamp < :to AND b.source = 'stream')
      """;

  private final DataSource database;
  private final JdbcClient jdbc;
  private final PriceHistory history;
  private final FeedRules rules;
  private final Supplier<Instant> marketNow;
  private final Supplier<Collection<Ticker>> streamed;
  private final Map<Ticker, Retry> retries = new HashMap<>();
  private final Map<Ticker, LocalDate> settled = new HashMap<>();
  private final Thread thread;

  private record Retry(int attempts, long atNanos) {}

  /**
   * Not yet started.
   *
   * @param marketNow the market's time; the epoch while it is not known
   * @param streamed the tickers whose sessions are looked at when these are over
   */
  public BarCandles(
      DataSource database,
      PriceHistory history,
      FeedRules rules,
      Supplier<Instant> marketNow,
      Supplier<Collection<Ticker>> streamed) {
    this.database = database;
    this.jdbc = JdbcClient.create(database);
    this.history = history;
    this.rules = rules;
    this.marketNow = marketNow;
    this.streamed = streamed;
    this.thread = Thread.ofVirtual().name("bar-candles").unstarted(this::run);
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

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(EVERY);
        try {
          round();
        } catch (SQLException | RuntimeException e) {
          log.atWarn()
              .addKeyValue("event", "bars.failed")
              .log("Candles did not come into the bars: {}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks for the candles that are due, and writes them. */
  public void round() throws SQLException {
    Instant now = marketNow.get();
    if (now.equals(Instant.EPOCH)) {
      return;
    }
    Map<Ticker, Gap> wanted = incomplete(now);
    if (!wanted.isEmpty()) {
      take(wanted);
      Set<Ticker> left = allIncomplete(now).keySet();
      wanted.keySet().forEach(ticker -> done(ticker, !left.contains(ticker)));
      return;
    }
    Optional<TradingSession> over = sessionOver(now);
    if (over.isPresent()) {
      TradingSession session = over.get();
      Map<Ticker, Gap> due = fromStream(session);
      Set<Ticker> answered = take(due);
      answered.forEach(ticker -> settled.put(ticker, session.date()));
      due.keySet().forEach(ticker -> done(ticker, answered.contains(ticker)));
    }
  }

  private Map<Ticker, Gap> incomplete(Instant now) {
    Map<Ticker, Gap> due = new LinkedHashMap<>();
    allIncomplete(now)
        .forEach(
            (ticker, gap) -> {
              if (due.size() < TICKERS_A_ROUND && isDue(ticker)) {
                due.put(ticker, gap);
              }
            });
    return due;
  }

  private Map<Ticker, Gap> allIncomplete(Instant now) {
    Map<Ticker, Gap> gaps = new LinkedHashMap<>();
    jdbc.sql(INCOMPLETE)
        .param("from", now.minus(LOOKED_BACK).atOffset(ZoneOffset.UTC))
        .param("to", finishedBy(now).atOffset(ZoneOffset.UTC))
        .query(
            (row, number) ->
                gaps.put(
                    new Ticker(row.getString("ticker")),
                    new Gap(
                        Objects.requireNonNull(FeedStore.instant(row, "first")),
                        Objects.requireNonNull(FeedStore.instant(row, "last"))
                            .plus(1, ChronoUnit.MINUTES),
                        rules.hours() != TradingHours.REGULAR)))
        .list();
    return gaps;
  }

  private Map<Ticker, Gap> fromStream(TradingSession session) {
    Gap gap = new Gap(start(session), end(session), rules.hours() != TradingHours.REGULAR);
    Map<Ticker, Gap> gaps = new LinkedHashMap<>();
    String[] tickers =
        streamed.get().stream()
            .filter(ticker -> !session.date().equals(settled.get(ticker)))
            .map(Ticker::symbol)
            .sorted()
            .toArray(String[]::new);
    jdbc.sql(FROM_STREAM)
        .param("tickers", tickers)
        .param("from", gap.from().atOffset(ZoneOffset.UTC))
        .param("to", gap.to().atOffset(ZoneOffset.UTC))
        .query((row, number) -> new Ticker(row.getString("ticker")))
        .list()
        .forEach(
            ticker -> {
              if (gaps.size() < TICKERS_A_ROUND && isDue(ticker)) {
                gaps.put(ticker, gap);
              }
            });
    return gaps;
  }

  /** Asks for all at once; gives those that were answered with candles. */
  private Set<Ticker> take(Map<Ticker, Gap> wanted) throws SQLException {
    Map<Ticker, Future<List<Bar>>> asked = new LinkedHashMap<>();
    wanted.forEach((ticker, gap) -> asked.put(ticker, history.ask(ticker, gap)));
    Map<Ticker, List<Bar>> answers = new LinkedHashMap<>();
    asked.forEach(
        (ticker, answer) -> {
          List<Bar> candles = history.result(ticker, answer);
          if (candles != null && !candles.isEmpty()) {
            answers.put(ticker, candles);
          }
        });
    if (!answers.isEmpty()) {
      try (Connection connection = database.getConnection()) {
        for (Map.Entry<Ticker, List<Bar>> answer : answers.entrySet()) {
          int changed =
              BarTable.writeCandles(
                  connection,
                  answer.getKey(),
                  answer.getValue().stream()
                      .filter(bar -> rules.calendar().isOpen(bar.start(), rules.hours()))
                      .toList());
          log.atDebug()
              .addKeyValue("event", "bars.candles")
              .addKeyValue("ticker", answer.getKey())
              .log("{} bars are the broker's now", changed);
        }
      }
    }
    return answers.keySet();
  }

  private boolean isDue(Ticker ticker) {
    Retry retry = retries.get(ticker);
    return retry == null
        || (retry.attempts < ATTEMPTS_MAX && System.nanoTime() - retry.atNanos >= 0);
  }

  private void done(Ticker ticker, boolean well) {
    if (well) {
      retries.remove(ticker);
      return;
    }
    Retry before = retries.get(ticker);
    int attempts = before == null ? 1 : before.attempts + 1;
    retries.put(
        ticker,
        new Retry(
            attempts,
            System.nanoTime()
                + PAUSE.multipliedBy(1L << Math.min(attempts, ATTEMPTS_MAX)).toNanos()));
  }

  private Optional<TradingSession> sessionOver(Instant now) {
    LocalDate date = rules.calendar().dateOf(now);
    Optional<TradingSession> today =
        rules
            .calendar()
            .session(date)
            .filter(session -> !end(session).plus(AFTER_SESSION).isAfter(now));
    TradingSession last = today.orElseGet(() -> rules.calendar().previousSession(date));
    return end(last).isBefore(now.minus(LOOKED_BACK)) ? Optional.empty() : Optional.of(last);
  }

  private Instant start(TradingSession session) {
    return rules.hours() == TradingHours.REGULAR ? session.open() : session.preMarketOpen();
  }

  private Instant end(TradingSession session) {
    return rules.hours() == TradingHours.REGULAR ? session.close() : session.postMarketClose();
  }

  private static Instant finishedBy(Instant now) {
    return now.minus(SETTLED).truncatedTo(ChronoUnit.MINUTES);
  }
}
