package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.schwab.http.RateBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each order on a connection that it opens itself. */
class PlaceOnceTest extends PlaceOnceContract {

  PlaceOnceTest(@TempDir Path directory) {
    super(directory);
  }

  @Override
  SchwabApi api(SchwabConfig config, Duration limit) {
    return FakeSchwab.api(config, limit);
  }

  /**
   * Whether a byte was written before the reset came is a race; there is one attempt either way.
   */
  @Test
  void triesNoSecondTimeWhenTheServerResetsBeforeReading() throws IOException {
    try (CountingServer server = new CountingServer(CountingServer.Manner.RESET_AT_ONCE, "")) {
      assertThat(at(server.url()).place(ACCOUNT, ORDER))
          .isInstanceOfAny(PlaceResult.Unconfirmed.class, PlaceResult.NotSent.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void r05_meetsNoConnectionThatWasClosedInSilence() throws IOException {
    try (CountingServer server =
        new CountingServer(
            CountingServer.Manner.CLOSE_AFTER_ANSWER, "/accounts/" + HASH + "/orders/5")) {
      Trader there = at(server.url());
      for (int i = 1; i <= 5; i++) {
        assertThat(there.place(ACCOUNT, ORDER)).isEqualTo(new PlaceResult.Accepted(5));
        assertThat(server.requests()).isEqualTo(i);
        assertThat(server.connections()).isEqualTo(i);
      }
    }
  }

  @Test
  void isNotSentAboveTheLimitOfOrderWritesButCancelsAre() {
    Trader limited =
        SchwabApi.connect(
                config,
                InstantSource.system(),
                RateBudget.Settings.SIMULATOR.withOrdersPerMinute(0),
                RefreshLock.FILE_ALONE)
            .trader();
    schwab.on("DELETE /trader/v1/accounts/" + HASH + "/orders/17", 200, "");
    assertThat(limited.place(ACCOUNT, ORDER))
        .isInstanceOfSatisfying(
            PlaceResult.NotSent.class,
            refused -> assertThat(refused.reason()).contains("order writes in the last minute"));
    assertThat(schwab.count(ORDERS)).isZero();
    assertThat(limited.cancel(ACCOUNT, 17)).isEqualTo(new CancelResult.Requested());
  }

  @Test
  void isNotSentWhenNobodyListens() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(at("http://127.0.0.1:" + port).place(ACCOUNT, ORDER))
        .isInstanceOf(PlaceResult.NotSent.class);
  }

  @Test
  void isNotSentWhenTlsFails() {
    assertThat(at("https://127.0.0.1:" + schwab.port(), HASTE).place(ACCOUNT, ORDER))
        .isInstanceOf(PlaceResult.NotSent.class);
    assertThat(schwab.count(ORDERS)).isZero();
  }

  @Test
  void isNotSentWithoutLogin(@TempDir Path nowhere) {
    Trader loggedOut =
        SchwabApi.connect(schwab.config(nowhere.resolve("none.json")), InstantSource.system())
            .trader();
    assertThat(loggedOut.place(ACCOUNT, ORDER)).isInstanceOf(PlaceResult.NotSent.class);
    assertThat(schwab.count(ORDERS)).isZero();
  }
}
