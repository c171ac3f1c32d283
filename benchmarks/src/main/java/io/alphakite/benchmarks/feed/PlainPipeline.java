package io.alphakite.benchmarks.feed;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.market.Ticker;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.ta4j.core.BarSeries;
import org.ta4j.core.BaseBarSeriesBuilder;
import org.ta4j.core.indicators.averages.SMAIndicator;
import org.ta4j.core.indicators.helpers.ClosePriceIndicator;
import org.ta4j.core.num.DecimalNumFactory;
import org.ta4j.core.num.Num;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one writes first: the JDK's WebSocket, Jackson's tree, ta4j's moving average and numbers,
 * one upsert a row in batches. The same numbers as ours; nothing of restarts, late ticks or gaps.
 */
final class PlainPipeline implements Contestant {
  private static final int BATCH = 500;
  private static final int KEYS_PER_COMMAND = 500;
  private static final int PERIOD = 9;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final FrameServer server;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final Connection database;
  private final PreparedStatement prices;
  private final PreparedStatement indicators;
  private final Map<String, Symbol> symbols = new HashMap<>();
  private int batched;
  private volatile long written;
  // What a round ends with: its last rows must not wait for a full batch.
  private volatile long target;
  private volatile @Nullable Exception failure;

  /** One symbol's series and sums. */
  private static final class Symbol {
    final BarSeries series =
        new BaseBarSeriesBuilder().withNumFactory(DecimalNumFactory.getInstance()).build();
    final SMAIndicator average = new SMAIndicator(new ClosePriceIndicator(series), PERIOD);
    Num notional = series.numFactory().zero();
    Num sessionVolume = series.numFactory().zero();
    long dayVolume;
  }

  PlainPipeline(TickTape tape, DatabaseUrl owner) throws IOException, SQLException {
    this.server = new FrameServer(tape);
    this.database = owner.connect();
    database.setAutoCommit(false);
    this.prices =
        database.prepareStatement(
            """
            INSERT INTO bench.plain_equity_data (ticker, timestamp, price, volume) VALUES (?, ?, ?, ?)
            ON CONFLICT (ticker, timestamp) DO UPDATE SET price = excluded.price, volume = excluded.volume
            """);
    this.indicators =
        database.prepareStatement(
            """
            INSERT INTO bench.plain_indicators (ticker, timestamp, sma9, vwap) VALUES (?, ?, ?, ?)
            ON CONFLICT (ticker, timestamp) DO UPDATE SET sma9 = excluded.sma9, vwap = excluded.vwap
            """);
    this.socket =
        http.newWebSocketBuilder()
            .buildAsync(
                URI.create(server.uri().toString().replace("http:", "ws:") + "/ws"), new Reader())
            .join();
    List<String> keys = tape.tickers().stream().map(Ticker::symbol).toList();
    for (int from = 0; from < keys.size(); from += KEYS_PER_COMMAND) {
      List<String> some = keys.subList(from, Math.min(from + KEYS_PER_COMMAND, keys.size()));
      socket
          .sendText(
              "{\"requests\":[{\"service\":\"LEVELONE_EQUITIES\",\"command\":\"%s\",\"requestid\":\"1\",\"parameters\":{\"keys\":\"%s\"}}]}"
                  .formatted(from == 0 ? "SUBS" : "ADD", String.join(",", some)),
              true)
          .join();
    }
  }

  @Override
  public String name() {
    return "Jackson + ta4j, batched upserts";
  }

  void awaitReady() throws IOException, InterruptedException {
    server.awaitSubscribed();
  }

  @Override
  public long run(TickTape.Stretch stretch) throws IOException, InterruptedException {
    long until = written + stretch.ticks().size();
    target = until;
    long start = System.nanoTime();
    server.send(stretch.frames());
    while (written < until) {
      Exception failed = failure;
      if (failed != null || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException(
            "the plain pipeline stands at " + written + " of " + until + ": " + failed, failed);
      }
      Thread.sleep(1);
    }
    return System.nanoTime() - start;
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    http.shutdownNow();
    server.close();
    try {
      database.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }

  private void frame(String text) throws SQLException {
    for (JsonNode data : JSON.readTree(text).path("data")) {
      for (JsonNode item : data.path("content")) {
        item(item);
      }
    }
    if (batched >= BATCH || (batched > 0 && written + batched >= target)) {
      flush();
    }
  }

  private void item(JsonNode item) throws SQLException {
    String ticker = item.path("key").asString();
    Symbol symbol = symbols.get(ticker);
    if (symbol == null) {
      symbol = new Symbol();
      symbols.put(ticker, symbol);
      symbol.dayVolume = item.path("8").longValue();
      return;
    }
    BigDecimal price = item.path("3").decimalValue();
    long growth = item.path("8").longValue() - symbol.dayVolume;
    symbol.dayVolume += growth;
    Instant time = Instant.ofEpochMilli(item.path("35").longValue());
    BarSeries series = symbol.series;
    Num close = series.numFactory().numOf(price);
    Num volume = series.numFactory().numOf(growth);
    Instant end = time.truncatedTo(ChronoUnit.MINUTES).plus(MINUTE);
    if (series.isEmpty() || series.getLastBar().getEndTime().isBefore(end)) {
      series.addBar(
          series
              .barBuilder()
              .timePeriod(MINUTE)
              .endTime(end)
              .openPrice(close)
              .highPrice(close)
              .lowPrice(close)
              .closePrice(close)
              .volume(volume)
              .amount(close.multipliedBy(volume))
              .build());
    } else {
      series.addTrade(volume, close);
    }
    symbol.notional = symbol.notional.plus(close.multipliedBy(volume));
    symbol.sessionVolume = symbol.sessionVolume.plus(volume);
    row(symbol, ticker, time, price, growth);
  }

  private void row(Symbol symbol, String ticker, Instant time, BigDecimal price, long growth)
      throws SQLException {
    OffsetDateTime second = time.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC);
    prices.setString(1, ticker);
    prices.setObject(2, second);
    prices.setBigDecimal(3, price);
    prices.setLong(4, growth);
    prices.addBatch();
    indicators.setString(1, ticker);
    indicators.setObject(2, second);
    int last = symbol.series.getEndIndex();
    if (last >= PERIOD - 1) {
      indicators.setBigDecimal(3, rounded(symbol.average.getValue(last)));
    } else {
      indicators.setNull(3, Types.NUMERIC);
    }
    indicators.setBigDecimal(4, rounded(symbol.notional.dividedBy(symbol.sessionVolume)));
    indicators.addBatch();
    batched++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Only the reader writes.
  private void flush() throws SQLException {
    prices.executeBatch();
    indicators.executeBatch();
    database.commit();
    written += batched;
    batched = 0;
  }

  private static BigDecimal rounded(Num value) {
    return value.bigDecimalValue().setScale(4, RoundingMode.HALF_UP);
  }

  private final class Reader implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          frame(text.toString());
        } catch (SQLException | RuntimeException e) {
          failure = e;
        }
        text.setLength(0);
      }
      webSocket.request(1);
      return null;
    }
  }
}
