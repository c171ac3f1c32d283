package io.alphakite.schwab.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(60)
class TokenKeeperTest {

  private static final String TOKEN = "POST /v1/oauth/token";
  private static final Instant LOGIN = Instant.parse("2026-01-05T14:30:00Z");
  private static final Instant END = LOGIN.plus(Duration.ofDays(7));

  private final FakeSchwab schwab = new FakeSchwab();
  private final AtomicReference<Instant> now = new AtomicReference<>(LOGIN);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(TokenKeeper.class);
  private final SchwabApi api;
  private final TokenKeeper keeper;

  TokenKeeperTest(@TempDir Path directory) {
    api = SchwabApi.connect(schwab.config(directory.resolve("token.json")), now::get);
    keeper = TokenKeeper.idle(api.tokens(), now::get);
  }

  @BeforeEach
  void listen() {
    logged.start();
    log.addAppender(logged);
  }

  @AfterEach
  void close() {
    log.detachAppender(logged);
    schwab.close();
  }

  private List<String> said() {
    return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void refreshesAnUnusedLoginAndFindsItsTokenDead() {
    keeper.look();
    assertThat(schwab.count(TOKEN)).as("nobody is logged in").isZero();
    api.login().exchange("code@");
    keeper.look();
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
    now.set(LOGIN.plus(Duration.ofMinutes(29).plusSeconds(1)));
    keeper.look();
    assertThat(schwab.count(TOKEN)).isEqualTo(2);

    schwab.on(TOKEN, 400, OAuthTokensTest.DEAD_REFRESH);
    now.set(now.get().plus(Duration.ofMinutes(31)));
    keeper.look();
    assertThat(api.tokens().status().state()).isEqualTo(TokenStatus.State.LOGIN_REQUIRED);
  }

  @Test
  void remindsFourTimesOfEachLoginsEnd() {
    api.login().exchange("code@");
    for (Instant at = LOGIN; at.isBefore(END); at = at.plus(Duration.ofMinutes(25))) {
      now.set(at);
      keeper.look();
    }
    assertThat(said())
        .extracting(line -> line.replaceAll(".*less than (\\d+) h.*", "$1"))
        .containsExactly("48", "24", "6", "1");

    api.login().exchange("code-2@");
    keeper.look();
    assertThat(said()).hasSize(4);
    now.set(now.get().plus(Duration.ofDays(7)).minus(Duration.ofHours(5)));
    keeper.look();
    assertThat(said()).hasSize(5);
  }
}
