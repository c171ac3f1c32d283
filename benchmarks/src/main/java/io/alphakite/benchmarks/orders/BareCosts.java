package io.alphakite.benchmarks.orders;

import io.alphakite.db.DatabaseUrl;
import io.alphakite.schwab.SchwabApi;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What an order cannot do without, each alone: an HTTP request, a durable COMMIT, a NOTIFY. */
final class BareCosts implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private static final String BODY =
      "{\"orderType\":\"MARKET\",\"session\":\"NORMAL\",\"duration\":\"DAY\",\"orderStrategyType\":\"SINGLE\","
          + "\"orderLegCollection\":[{\"instruction\":\"BUY\",\"quantity\":1,"
          + "\"instrument\":{\"symbol\":\"SPY\",\"assetType\":\"EQUITY\"}}]}";

  private final TradingStand stand;
  private final OkHttpClient kept = new OkHttpClient();
  private final OkHttpClient fresh;
  private final Request request;
  private final Connection writer;
  private final Connection listener;
  private final PreparedStatement insert;
  private final PreparedStatement tell;

  BareCosts(TradingStand stand, DatabaseUrl database) throws SQLException {
    this.stand = stand;
    this.fresh =
        kept.newBuilder().connectionPool(new ConnectionPool(0, 1, TimeUnit.MINUTES)).build();
    this.request = request(stand.broker().baseUrl(), stand.schwab());
    this.writer = database.connect();
    this.listener = database.connectToListen();
    try (Statement statement = writer.createStatement()) {
      statement.execute("CREATE TABLE bench_commits (id bigint GENERATED ALWAYS AS IDENTITY)");
    }
    try (Statement statement = listener.createStatement()) {
      statement.execute("LISTEN bench");
    }
    writer.setAutoCommit(false);
    this.insert = writer.prepareStatement("INSERT INTO bench_commits DEFAULT VALUES");
    this.tell = writer.prepareStatement("SELECT pg_notify('bench', '')");
  }

  private static Request request(URI base, SchwabApi schwab) {
    // A preview has an order's body and way in, and leaves no order behind.
    String account = schwab.trader().accountNumbers().getFirst().hash().value();
    return new Request.Builder()
        .url(base + "/trader/v1/accounts/" + account + "/previewOrder")
        .header("Authorization", "Bearer " + schwab.tokens().accessToken())
        .post(
            RequestBody.create(
                BODY.getBytes(StandardCharsets.UTF_8), MediaType.get("application/json")))
        .build();
  }

  /** From the call to its first byte at the broker, on a connection that is kept. */
  long keptPost() throws IOException, InterruptedException {
    return post(kept);
  }

  /** The same on a connection of its own, as orders are sent. */
  long freshPost() throws IOException, InterruptedException {
    return post(fresh);
  }

  private long post(OkHttpClient client) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    try (Response response = client.newCall(request).execute()) {
      if (response.code() != 200) {
        throw new IOException("the broker answered a bare request with " + response.code());
      }
    }
    return stand.awaitPreview() - begin;
  }

  /** One COMMIT of one small row. */
  long commit() throws SQLException {
    insert.executeUpdate();
    long begin = System.nanoTime();
    writer.commit();
    return System.nanoTime() - begin;
  }

  /** From COMMIT of a row and a NOTIFY to the listener that has it. */
  long notification() throws SQLException {
    insert.executeUpdate();
    tell.execute();
    long begin = System.nanoTime();
    writer.commit();
    PGNotification[] got = listener.unwrap(PGConnection.class).getNotifications(PATIENCE_MILLIS);
    long end = System.nanoTime();
    if (got == null || got.length != 1) {
      throw new SQLException("a bare notification did not come");
    }
    return end - begin;
  }

  @Override
  public void close() throws SQLException {
    writer.close();
    listener.close();
    kept.connectionPool().evictAll();
    kept.dispatcher().executorService().shutdown();
  }
}
