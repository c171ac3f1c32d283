package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.tickers.TickerBook;
import io.alphakite.platform.tickers.TickerBook.Outcome;
import io.alphakite.platform.tickers.TickerEntry;
import io.alphakite.platform.tickers.TickerEntry.Source;
import io.alphakite.platform.tickers.TickerEntry.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tickers that come and go while others stream, as people want them over REST and by command. */
@Timeout(120)
class TickersAtRunTimeTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Ticker IBM = new Ticker("IBM");
  private static final LocalDate DATE = LocalDate.of(2013, 10, 8);

  @Test
  void othersHaveTheSameRowsAsWithoutThem(@TempDir Path directory) throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, RestartTest.REPLAY)) {
      TickerBook book = book(rig);
      rig.start(Map.of());
      rig.awaitMarket(Instant.parse("2013-10-08T13:36:20.500Z"));
      rig.simulator.paused(true);
      rig.awaitWritten();
      assertThat(book.add(IBM)).isEqualTo(Outcome.DONE);
      assertThat(book.add(IBM)).isEqualTo(Outcome.UNCHANGED);
      awaitStatus(book, IBM, Status.STREAMING);
      awaitWritten(rig, IBM);
      ReplayRig.Image first = rig.image("IBM");
      rig.simulator.paused(false);

      rig.awaitMarket(Instant.parse("2013-10-08T13:45:00.500Z"));
      rig.simulator.paused(true);
      rig.awaitWritten();
      awaitWritten(rig, IBM);
      ReplayRig.Image second = rig.image("IBM");
      List<RawDay.Row> streamed = rig.rows("IBM");
      RawDay.find("ibm", DATE)
          .ifPresent(
              raw ->
                  assertThat(streamed)
                      .as("candles of the session so far, then every tick")
                      .containsExactlyElementsOf(joined(raw, first, second)));
      rig.simulator.paused(false);

      // The market runs on while it goes and comes back.
      assertThat(book.remove(IBM, false)).isEqualTo(Outcome.DONE);
      awaitStatus(book, IBM, Status.REMOVED);
      assertThat(rig.get("/control/replay")).contains("\"subscribed\":[\"SPY\"]");
      assertThat(book.add(IBM)).isEqualTo(Outcome.DONE);
      awaitStatus(book, IBM, Status.STREAMING);
      rig.awaitOver();
      awaitWritten(rig, IBM);
      RestartTest.assertRowsOfAnUninterruptedDay(rig.rows());
      assertThat(rig.rows("IBM").stream().mapToLong(RawDay.Row::volume).sum())
          .as("what it missed meanwhile came from candles or with the first message")
          .isEqualTo(volume(streamed) + rig.image("IBM").totalVolume() - second.totalVolume());
    }
  }

  @Test
  void peoplesWishesOutliveARestart(@TempDir Path directory) throws Exception {
    try (ReplayRig rig =
        new ReplayRig(
            directory, Map.of("KITE_REPLAY_SPEED", "60", "SIMULATOR_DAY_END", "09:50:00"))) {
      TickerBook book = book(rig);
      rig.start(Map.of("STREAM_TICKERS", "SPY,QQQ"));
      assertThat(book.add(IBM)).isEqualTo(Outcome.DONE);
      assertThat(book.remove(new Ticker("QQQ"), false)).isEqualTo(Outcome.DONE);
      awaitStatus(book, IBM, Status.STREAMING);
      awaitStatus(book, new Ticker("QQQ"), Status.REMOVED);
      rig.stop();
      rig.awaitNobody();
      rig.start(Map.of("STREAM_TICKERS", "SPY,QQQ,BAC"));
      awaitStatus(book, IBM, Status.STREAMING);
      awaitStatus(book, SPY, Status.STREAMING);
      Map<String, TickerEntry> entries =
          book.list().stream()
              .collect(Collectors.toMap(entry -> entry.ticker().symbol(), entry -> entry));
      assertThat(entries).containsOnlyKeys("SPY", "QQQ", "BAC", "IBM");
      assertThat(entries.get("SPY")).extracting(TickerEntry::source).isEqualTo(Source.SETTING);
      assertThat(entries.get("IBM")).extracting(TickerEntry::source).isEqualTo(Source.PERSON);
      assertThat(entries.get("QQQ"))
          .extracting(TickerEntry::wanted, TickerEntry::inSetting, TickerEntry::source)
          .containsExactly(false, true, Source.PERSON);
      assertThat(rig.get("/control/replay"))
          .as("the setting's come before the wishes, so that a limit meets the latest")
          .containsPattern("\"subscribed\":\\[\"(SPY\",\"BAC|BAC\",\"SPY)\",\"IBM\"]");
    }
  }

  @Test
  void tickerThatIsHeldIsStreamedUntilItIsNotThoughAPersonRemovedIt(@TempDir Path directory)
      throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, Map.of("KITE_REPLAY_SPEED", "60"))) {
      TickerBook book = book(rig);
      rig.start(Map.of("STREAM_TICKERS", "SPY,IBM"));
      awaitStatus(book, IBM, Status.STREAMING);
      rig.sql(
          "INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis,"
              + " realized_pnl) VALUES ('1', 'IBM', 5, 100, 500, 0) RETURNING ticker");
      assertThat(book.remove(IBM, false)).isEqualTo(Outcome.IN_USE);
      assertThat(book.remove(IBM, true)).isEqualTo(Outcome.DONE);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  book.list().stream()
                      .anyMatch(
                          entry ->
                              entry.ticker().equals(IBM)
                                  && !entry.wanted()
                                  && String.valueOf(entry.reason()).contains("no position")));
      rig.stop();
      rig.awaitNobody();
      rig.start(Map.of("STREAM_TICKERS", "SPY"));
      int rows = rig.rows("IBM").size();
      await().atMost(Duration.ofSeconds(30)).until(() -> rig.rows("IBM").size() > rows);
      assertThat(awaitStatus(book, IBM, Status.LEAVING).streamed()).isTrue();
      rig.sql(
          "UPDATE positions SET quantity = 0, average_price = NULL WHERE ticker = 'IBM' RETURNING"
              + " ticker");
      awaitStatus(book, IBM, Status.REMOVED);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> rig.get("/control/replay").contains("\"subscribed\":[\"SPY\"]"));
    }
  }

  @Test
  void r30_symbolBeyondTheLimitIsToldAndTheRestIsLive(@TempDir Path directory) throws Exception {
    try (ReplayRig rig =
        new ReplayRig(
            directory, Map.of("KITE_REPLAY_SPEED", "60", "SIMULATOR_SYMBOL_LIMIT", "2"))) {
      TickerBook book = book(rig);
      Ticker third = new Ticker("THIRD");
      rig.start(Map.of("STREAM_TICKERS", "IBM,SPY"));
      awaitStatus(book, SPY, Status.STREAMING);
      assertThat(book.add(third)).isEqualTo(Outcome.DONE);
      TickerEntry refused = awaitStatus(book, third, Status.REFUSED);
      assertThat(refused.reason()).startsWith("19 ");
      assertThat(refused.streamed()).as("no order may count on its quotes").isFalse();
      awaitStatus(book, IBM, Status.STREAMING);
      assertThat(rig.health()).contains("\"refused\":{\"THIRD\":\"19 ");
      int rows = rig.rows().size();
      await().atMost(Duration.ofSeconds(30)).until(() -> rig.rows().size() > rows);
      // Where another makes room it is asked for again.
      assertThat(book.remove(IBM, false)).isEqualTo(Outcome.DONE);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> rig.get("/control/replay").contains("\"subscribed\":[\"SPY\",\"THIRD\"]"));
    }
  }

  @Test
  @Tag("long")
  void twoThousandSymbolsAreSubscribedInChunks(@TempDir Path directory) throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, Map.of("KITE_REPLAY_SPEED", "30"))) {
      String tickers =
          IntStream.rangeClosed(1, 2_000)
              .mapToObj(number -> "X" + number)
              .collect(Collectors.joining(","));
      rig.start(Map.of("STREAM_TICKERS", tickers + ",SPY"));
      TickerBook book = book(rig);
      awaitStatus(book, SPY, Status.STREAMING);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> rig.get("/control/replay").contains("\"X2000\""));
      assertThat(rig.sql("SELECT count(*) FROM tickers WHERE streamed AND status = 'waiting'"))
          .isEqualTo(List.of("2000"));
      rig.awaitRows(1);
    }
  }

  /** What a ticker's rows are that was added at one image and is looked at at another. */
  private static List<RawDay.Row> joined(
      RawDay raw, ReplayRig.Image first, ReplayRig.Image second) {
    RawDay.Fold fold = raw.new Fold();
    int now = raw.millisOf(first.newest());
    List<RawDay.Minute> candles = raw.minutes(RawDay.OPEN_MILLIS, now - now % 60_000);
    candles.forEach(fold::candle);
    long volume = 0;
    int i = 0;
    RawDay.Print newest = null;
    while (volume < first.totalVolume()) {
      RawDay.Print print = raw.prints.get(i++);
      volume += print.size();
      newest = print.moves() || newest == null ? print : newest;
    }
    assertThat(newest).isNotNull();
    if (newest.price().compareTo(candles.getLast().close()) != 0) {
      fold.tick(raw.millisOf(first.tradeTime()), newest.price(), 0);
    } else {
      fold.known(newest.price());
    }
    int last = raw.millisOf(second.tradeTime());
    for (; volume < second.totalVolume() || raw.prints.get(i).millis() <= last; i++) {
      volume += raw.prints.get(i).size();
      fold.print(raw.prints.get(i));
    }
    return fold.rows();
  }

  private static long volume(List<RawDay.Row> rows) {
    return rows.stream().mapToLong(RawDay.Row::volume).sum();
  }

  private static void awaitWritten(ReplayRig rig, Ticker ticker) {
    ReplayRig.Image image = rig.image(ticker.symbol());
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                rig.sql(
                        "SELECT day_volume FROM streaming.ticker_states WHERE ticker = '%s' AND newest_trade = '%s'"
                            .formatted(ticker, image.tradeTime()))
                    .equals(List.of(Long.toString(image.totalVolume()))));
  }

  private static TickerEntry awaitStatus(TickerBook book, Ticker ticker, Status status) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> book.find(ticker),
            entry -> entry.filter(found -> found.status() == status).isPresent())
        .orElseThrow();
  }

  private static TickerBook book(ReplayRig rig) {
    DatabaseUrl url = rig.database(DatabaseRole.GATEWAY);
    PGSimpleDataSource gateway = new PGSimpleDataSource();
    gateway.setUrl(url.jdbcUrl());
    gateway.setUser(url.user());
    gateway.setPassword(url.password());
    return new TickerBook(
        JdbcClient.create(gateway), InstantSource.system(), TickerBook.TICKERS_MAX);
  }
}
