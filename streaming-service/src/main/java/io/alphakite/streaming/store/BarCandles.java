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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Puts the broker's candles in the place of bars: soon for minutes of which the stream missed a
 * part, and after the session for all of them.
 *
 * <p>At most {@value #TICKERS_A_ROUND} tickers are asked for in a round. One whose candle does not
 * come is asked for again ever more rarely, {@value #ATTEMPTS_MAX} times for the same minutes or
 * session. Where the price history does not answer at all, that is no attempt.
 */
public final class BarCandles implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BarCandles.class);

  private static final Duration EVERY = Duration.ofSeconds(20);
  private static final int TICKERS_A_ROUND = 5;
  private static final int ATTEMPTS_MAX = 8;
  private static final int UNANSWERED_DOUBLED = 4;
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
  private final Map<Ticker, Retry<Instant>> minutes = new HashMap<>();
  private final Map<Ticker, Retry<LocalDate>> sessions = new HashMap<>();
  private final Map<Ticker, LocalDate> settled = new HashMap<>();
  private final Rounds rounds;

  /**
   * When a ticker is asked for again.
   *
   * @param what the last minute, or the session, that is wanted: of another one nothing was asked
   * @param attempts answers without what is wanted
   * @param rounds those without an answer included
   */
  record Retry<W>(W what, int attempts, int rounds, long atNanos) {

    static <W> boolean isDue(@Nullable Retry<W> retry, W what, long now) {
      return retry == null
          || !retry.what.equals(what)
          || (retry.attempts < ATTEMPTS_MAX && now - retry.atNanos >= 0);
    }

    static <W> Retry<W> after(@Nullable Retry<W> before, W what, boolean answered, long now) {
      Retry<W> same = before != null && before.what.equals(what) ? before : null;
      int attempts = (same == null ? 0 : same.attempts) + (answered ? 1 : 0);
      int rounds = (same == null ? 0 : same.rounds) + 1;
      // However long there was no answer, it is noticed soon when there is one.
      int doubled =
          Math.max(Math.min(attempts, ATTEMPTS_MAX), Math.min(rounds, UNANSWERED_DOUBLED));
      return new Retry<>(what, attempts, rounds, now + PAUSE.multipliedBy(1L << doubled).toNanos());
    }
  }

  /** Who answered, and with candles. */
  private record Answers(Set<Ticker> all, Set<Ticker> withCandles) {}

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
    this.rounds = new Rounds("bar-candles", EVERY, this::round, BarCandles::failed);
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

  private static void failed(Exception e) {
    log.atWarn()
        .addKeyValue("event", "bars.failed")
        .log("Candles did not come into the bars: {}", e.getMessage());
  }

  /** Asks for the candles that are due, and writes them. */
  public void round() throws SQLException {
    Instant now = marketNow.get();
    if (now.equals(Instant.EPOCH)) {
      return;
    }
    Map<Ticker, Gap> all = allIncomplete(now);
    minutes.keySet().retainAll(all.keySet());
    Map<Ticker, Gap> wanted = due(all);
    if (!wanted.isEmpty()) {
      Answers answers = take(wanted);
      Map<Ticker, Gap> left = allIncomplete(now);
      wanted.forEach(
          (ticker, gap) -> {
            if (left.containsKey(ticker)) {
              minutes.compute(
                  ticker,
                  (_, before) ->
                      Retry.after(
                          before, gap.to(), answers.all.contains(ticker), System.nanoTime()));
            } else {
              minutes.remove(ticker);
            }
          });
      return;
    }
    Optional<TradingSession> over = sessionOver(now);
    if (over.isPresent()) {
      settle(over.get());
    }
  }

  private void settle(TradingSession session) throws SQLException {
    Set<Ticker> tickers = Set.copyOf(streamed.get());
    settled.keySet().retainAll(tickers);
    sessions.keySet().retainAll(tickers);
    Map<Ticker, Gap> due = fromStream(session, tickers);
    Answers answers = take(due);
    for (Ticker ticker : due.keySet()) {
      if (answers.withCandles.contains(ticker)) {
        settled.put(ticker, session.date());
        sessions.remove(ticker);
      } else {
        sessions.compute(
            ticker,
            (_, before) ->
                Retry.after(
                    before, session.date(), answers.all.contains(ticker), System.nanoTime()));
      }
    }
  }

  private Map<Ticker, Gap> due(Map<Ticker, Gap> all) {
    Map<Ticker, Gap> due = new LinkedHashMap<>();
    all.forEach(
        (ticker, gap) -> {
          if (due.size() < TICKERS_A_ROUND
              && Retry.isDue(minutes.get(ticker), gap.to(), System.nanoTime())) {
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

  private Map<Ticker, Gap> fromStream(TradingSession session, Set<Ticker> all) {
    Gap gap =
        new Gap(session.start(rules.hours()), end(session), rules.hours() != TradingHours.REGULAR);
    Map<Ticker, Gap> gaps = new LinkedHashMap<>();
    String[] tickers =
        all.stream()
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
              if (gaps.size() < TICKERS_A_ROUND
                  && Retry.isDue(sessions.get(ticker), session.date(), System.nanoTime())) {
                gaps.put(ticker, gap);
              }
            });
    return gaps;
  }

  /** Asks for all at once. */
  private Answers take(Map<Ticker, Gap> wanted) throws SQLException {
    Map<Ticker, Future<List<Bar>>> asked = new LinkedHashMap<>();
    wanted.forEach((ticker, gap) -> asked.put(ticker, history.ask(ticker, gap)));
    Map<Ticker, List<Bar>> answers = new LinkedHashMap<>();
    Set<Ticker> all = new HashSet<>();
    asked.forEach(
        (ticker, answer) -> {
          List<Bar> candles = history.result(ticker, answer);
          if (candles != null) {
            all.add(ticker);
            if (!candles.isEmpty()) {
              answers.put(ticker, candles);
            }
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
    return new Answers(all, answers.keySet());
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

  private Instant end(TradingSession session) {
    return session.end(rules.hours());
  }

  private static Instant finishedBy(Instant now) {
    return now.minus(SETTLED).truncatedTo(ChronoUnit.MINUTES);
  }
}
