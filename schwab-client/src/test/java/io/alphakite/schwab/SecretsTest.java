package io.alphakite.schwab;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.Orders;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Unique values in every secret place; none of them in logs at TRACE, errors, results or toString.
 */
@Timeout(30)
class SecretsTest {

  private static final String ACCESS = "canary-access-1a2b@";
  private static final String NUMBER = "87654321";
  private static final String CUSTOMER = "canary-customer-5f6";

  private final FakeSchwab schwab = new FakeSchwab();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final List<String> shown = new ArrayList<>();
  private final Path directory;

  SecretsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void listen() {
    logged.start();
    root.setLevel(Level.TRACE);
    root.addAppender(logged);
  }

  @AfterEach
  void close() {
    root.detachAppender(logged);
    root.setLevel(Level.INFO);
    schwab.close();
  }

  private void attempt(Runnable call) {
    try {
      call.run();
    } catch (SchwabException e) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      shown.add(trace.toString());
    }
  }

  @Test
  void showsNoSecretAnywhere() throws InterruptedException {
    Path file = FakeSchwab.tokenFile(directory, ACCESS, Instant.parse("2100-01-01T00:00:00Z"));
    SchwabConfig config = schwab.config(file);
    SchwabApi api = SchwabApi.connect(config, InstantSource.system());
    shown.add(config + " " + api.tokens() + " " + api.tokens().status());
    schwab.on(
        "GET /trader/v1/accounts/accountNumbers",
        200,
        "[{\"accountNumber\":\"%s\",\"hashValue\":\"%s\"}]".formatted(NUMBER, FakeSchwab.HASH));
    shown.add(api.trader().accountNumbers().toString());
    schwab.on(
        "GET /trader/v1/userPreference",
        200,
        """
        {"accounts":[{"accountNumber":"%s"}],"streamerInfo":[{
          "streamerSocketUrl":"ws://127.0.0.1:%d/none","schwabClientCustomerId":"%s",
          "schwabClientCorrelId":"c","schwabClientChannel":"N9","schwabClientFunctionId":"A"}]}"""
            .formatted(NUMBER, schwab.port(), CUSTOMER));
    shown.add(api.trader().userPreference().toString());
    place(api, 400, "{\"message\":\"account %s not valid\"}".formatted(NUMBER));
    place(api, 401, "{\"errors\":[{\"title\":\"Unauthorized\",\"detail\":\"x\"}]}");
    place(api, 503, ACCESS);
    stream(api);

    schwab.on("POST /v1/oauth/token", 200, "{\"access_token\":\"" + ACCESS);
    api.tokens().invalidate(ACCESS);
    attempt(() -> api.trader().accountNumbers());
    schwab.on("POST /v1/oauth/token", 400, "{\"error\":\"invalid_grant\"}");
    SchwabApi late =
        SchwabApi.connect(
            schwab.config(FakeSchwab.tokenFile(directory, ACCESS, Instant.EPOCH)),
            InstantSource.system());
    attempt(() -> late.trader().accountNumbers());
    shown.add(late.tokens().status().toString());
    attempt(() -> late.login().exchange("canary-code@"));

    List<String> everything = new ArrayList<>(shown);
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      everything.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
      if (event.getThrowableProxy() != null) {
        everything.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    assertThat(everything).hasSizeGreaterThan(5);
    String all = String.join("\n", everything);
    for (String secret :
        List.of(
            ACCESS,
            FakeSchwab.REFRESH,
            FakeSchwab.APP_KEY,
            FakeSchwab.APP_SECRET,
            NUMBER,
            CUSTOMER,
            "canary-code")) {
      assertThat(all)
          .doesNotContain(secret)
          .doesNotContain(
              Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(all).doesNotContain("canary");
  }

  private void place(SchwabApi api, int status, String body) {
    schwab.on("POST /trader/v1/accounts/" + FakeSchwab.HASH + "/orders", status, body);
    shown.add(
        api.trader()
            .place(new AccountHash(FakeSchwab.HASH), Orders.buy(Ticker.of("SPY"), 1).market())
            .toString());
  }

  private void stream(SchwabApi api) throws InterruptedException {
    try (SchwabStream stream = api.stream()) {
      stream.start();
      StreamEvent event = stream.next(Duration.ofSeconds(10));
      assertThat(event).isInstanceOf(StreamEvent.Disconnected.class);
      shown.add(String.valueOf(event));
    }
  }
}
