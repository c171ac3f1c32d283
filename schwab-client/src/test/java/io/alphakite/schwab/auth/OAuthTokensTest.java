package io.alphakite.schwab.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.http.SchwabException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import mockwebserver3.MockResponse;
import okhttp3.Credentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OAuthTokensTest {

  private static final String TOKEN = "POST /v1/oauth/token";
  private static final Instant NOW = Instant.parse("2026-01-05T14:30:00Z");

  static final String DEAD_REFRESH =
      """
      {"error":"unsupported_token_type","error_description":"400 Bad Request: \\"{\\\\\\"error\\\\\\":\
      \\\\\\"refresh_token_authentication_error\\\\\\"}\\""}""";

  private final FakeSchwab schwab = new FakeSchwab();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final InstantSource clock = now::get;
  private final Path directory;

  OAuthTokensTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private SchwabApi api(Duration left) {
    return api(FakeSchwab.tokenFile(directory, "access-0@", NOW.plus(left)));
  }

  private SchwabApi api(Path file) {
    return SchwabApi.connect(schwab.config(file), clock);
  }

  private String file() {
    try {
      return Files.readString(directory.resolve("token.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void usesTheFilesTokenWhileItLasts() {
    assertThat(api(Duration.ofMinutes(5)).tokens().accessToken()).isEqualTo("access-0@");
    assertThat(schwab.count(TOKEN)).isZero();
  }

  @Test
  void refreshesBeforeTheEnd() {
    AccessTokens tokens = api(Duration.ofMinutes(5)).tokens();
    now.set(NOW.plus(Duration.ofMinutes(4).plusSeconds(1)));
    assertThat(tokens.accessToken()).isEqualTo("access-1@");
    var request = schwab.requests(TOKEN).getFirst();
    assertThat(request.getHeaders().get("Authorization"))
        .isEqualTo(Credentials.basic(FakeSchwab.APP_KEY, FakeSchwab.APP_SECRET));
    assertThat(FakeSchwab.body(request))
        .isEqualTo("grant_type=refresh_token&refresh_token=canary-refresh-4e3%40");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
    assertThat(tokens.status().accessExpiresAt()).isEqualTo(now.get().plusSeconds(1_800));
  }

  @Test
  void savesARotatedRefreshTokenBeforeItIsUsed() {
    List<String> seen = new ArrayList<>();
    schwab.on(TOKEN, 200, FakeSchwab.grant("access-1@", "rotated-refresh@"));
    schwab.on(
        "GET /trader/v1/accounts/accountNumbers",
        _ -> {
          seen.add(file());
          return FakeSchwab.json(200, "[]");
        });
    api(Duration.ZERO).trader().accountNumbers();
    assertThat(seen).singleElement().asString().contains("rotated-refresh@").contains("access-1@");
  }

  @Test
  void r39_refreshesOnceForManyThreadsAndConnections()
      throws InterruptedException, ExecutionException {
    List<AccessTokens> connections = new ArrayList<>();
    Path file = FakeSchwab.tokenFile(directory, "access-0@", NOW);
    for (int i = 0; i < 4; i++) {
      connections.add(api(file).tokens());
    }
    List<Future<String>> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        AccessTokens tokens = connections.get(i % connections.size());
        answers.add(threads.submit(tokens::accessToken));
      }
    }
    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("access-1@");
    }
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
  }

  @Test
  void r40_asksForALoginWhenTheRefreshTokenIsDeadAndCallsNoMore() {
    schwab.on(TOKEN, 400, DEAD_REFRESH);
    AccessTokens tokens = api(Duration.ZERO).tokens();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(tokens::accessToken)
          .isInstanceOfSatisfying(
              SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOGIN_REQUIRED))
          .hasMessageNotContaining("canary");
    }
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.LOGIN_REQUIRED);

    // A person logs in, in another process.
    FakeSchwab.tokenFile(directory, "access-new@", NOW.plusSeconds(1_800));
    replaceInFile(FakeSchwab.REFRESH, "refresh-new@");
    assertThat(tokens.accessToken()).isEqualTo("access-new@");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
  }

  private void replaceInFile(String from, String to) {
    try {
      Files.writeString(directory.resolve("token.json"), file().replace(from, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void readsTheFileAgainBeforeItGivesUp() {
    schwab.on(
        TOKEN,
        request -> {
          if (FakeSchwab.body(request).contains("newer")) {
            return FakeSchwab.json(200, FakeSchwab.grant("access-9@", "newest@"));
          }
          replaceInFile(FakeSchwab.REFRESH, "newer@");
          return FakeSchwab.json(400, DEAD_REFRESH);
        });
    assertThat(api(Duration.ZERO).tokens().accessToken()).isEqualTo("access-9@");
    assertThat(schwab.count(TOKEN)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "400 | {`error`:`invalid_grant`} | Schwab refuses the refresh token (invalid_grant)",
        "401 | {`error`:`invalid_grant`} | Schwab refuses the refresh token (invalid_grant)",
        "400 | {`error`:`unsupported_token_type`} | Schwab refuses the refresh token",
        "401 | {`error`:`refresh_token_authentication_error`} | Schwab refuses the refresh token",
        "401 | {`error`:`invalid_client`} | check SCHWAB_APP_KEY and SCHWAB_APP_SECRET",
        "400 | {`error`:`invalid_client`} | check SCHWAB_APP_KEY and SCHWAB_APP_SECRET",
        "401 | {`error`:`Something canary`} | check SCHWAB_APP_KEY and SCHWAB_APP_SECRET",
        "400 | {`error`:`invalid_request`} | Schwab refuses the refresh (invalid_request)"
      })
  void needsAPersonForAnOAuthError(int status, String body, String said) {
    schwab.on(TOKEN, status, body.replace('`', '"'));
    AccessTokens tokens = api(Duration.ZERO).tokens();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(tokens::accessToken)
          .isInstanceOfSatisfying(
              SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOGIN_REQUIRED))
          .hasMessageContaining(said)
          .hasMessageNotContaining("canary");
    }
    assertThat(schwab.count(TOKEN)).as("not asked again at once").isEqualTo(1);
    TokenStatus told = tokens.status();
    assertThat(told.state()).isEqualTo(TokenStatus.State.LOGIN_REQUIRED);
    assertThat(told.outlook(NOW)).isEqualTo(TokenStatus.Outlook.OVER);
    assertThat(told.note(NOW).orElse("")).startsWith("log in to Schwab").contains(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | text/html | <html><title>Access Denied</title></html>",
        "400 | text/html | <html>",
        "400 | application/json | ''",
        "429 | application/json | {\"error\":\"slow down\"}",
        "400 | application/json | {\"error\":\"temporarily_unavailable\"}",
        "401 | application/json | ''",
        "500 | application/json | {\"error\":\"oops\"}",
        "502 | text/html | <html>",
        "503 | text/plain | ''",
        "200 | application/json | {\"nothing\":\"useful\"}",
        "200 | application/json | not json",
        "200 | application/json | ''"
      })
  void keepsTheTokenWhenTheFailureWillPass(int status, String type, String body) {
    schwab.on(TOKEN, _ -> FakeSchwab.answer(status, body).addHeader("Content-Type", type).build());
    AccessTokens tokens = api(Duration.ZERO).tokens();
    assertThatThrownBy(tokens::accessToken)
        .isInstanceOfSatisfying(
            SchwabException.class, e -> assertThat(e.kind().isTransient()).isTrue());
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.REFRESH_FAILING);
    assertThat(file()).contains(FakeSchwab.REFRESH);
  }

  @Test
  void isWellAgainWhenAnotherProcessRefreshed() {
    schwab.on(TOKEN, 503, "");
    AccessTokens tokens = api(Duration.ZERO).tokens();
    assertThatThrownBy(tokens::accessToken).isInstanceOf(SchwabException.class);
    FakeSchwab.tokenFile(directory, "access-other@", NOW.plusSeconds(1_800));
    assertThat(tokens.accessToken()).isEqualTo("access-other@");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
  }

  @Test
  void usesTheAccessTokenToItsEndWhenTheRefreshFails() {
    schwab.on(TOKEN, 503, "");
    AccessTokens tokens = api(Duration.ofSeconds(30)).tokens();
    assertThat(tokens.accessToken()).isEqualTo("access-0@");
    now.set(NOW.plusSeconds(31));
    assertThatThrownBy(tokens::accessToken).isInstanceOf(SchwabException.class);
  }

  @Test
  void isNotSatisfiedWithATokenThatWasRefused() {
    AccessTokens tokens = api(Duration.ofMinutes(20)).tokens();
    tokens.invalidate(tokens.accessToken());
    assertThat(tokens.accessToken()).isEqualTo("access-1@");
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
    tokens.invalidate("access-1@");
    assertThat(tokens.accessToken())
        .as("a fresh token is not refused for ever")
        .isEqualTo("access-1@");
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
  }

  @Test
  void needsALoginWithoutAFile() {
    AccessTokens tokens = api(directory.resolve("none.json")).tokens();
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.MISSING);
    assertThatThrownBy(tokens::accessToken)
        .isInstanceOfSatisfying(
            SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LOGIN_REQUIRED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"C0.abc-_.def@", "C0.abc-_.def%40"})
  void exchangesTheCodeOfARedirect(String code) {
    SchwabApi api = api(directory.resolve("token.json"));
    Instant end = api.login().exchange(code);
    assertThat(FakeSchwab.body(schwab.requests(TOKEN).getFirst()))
        .isEqualTo(
            "grant_type=authorization_code&code=C0.abc-_.def%40"
                + "&redirect_uri=https%3A%2F%2F127.0.0.1%3A8182");
    assertThat(end).isEqualTo(NOW.plus(Duration.ofDays(7)));
    assertThat(api.tokens().accessToken()).isEqualTo("access-1@");
    assertThat(api.tokens().status().loginEndsAt()).isEqualTo(end);
  }

  @Test
  void keepsTheLoginsEndThroughRefreshes() {
    SchwabApi api = api(directory.resolve("token.json"));
    Instant end = api.login().exchange("code@");
    now.set(NOW.plus(Duration.ofDays(1)));
    assertThat(api.tokens().accessToken()).isEqualTo("access-2@");
    assertThat(api(directory.resolve("token.json")).tokens().status().loginEndsAt()).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "https://127.0.0.1:8182/?code=C0.a%2Bb%2Fc%40&session=1-2&state=s1",
        "https://127.0.0.1:8182/?code=C0.a%252Bb%252Fc%2540&session=1-2&state=s1",
        "https://127.0.0.1:8182/?session=1-2&state=s1&code=C0.a%2Bb%2Fc%40",
        "https://127.0.0.1:8182/?code=C0.a%2Bb%2Fc%40&session=1-2",
        "  \"https://127.0.0.1:8182/?code=C0.a%2Bb%2Fc%40&state=s1\"  ",
        "?code=C0.a%2Bb%2Fc%40&session=1-2&state=s1",
        "code=C0.a%2Bb%2Fc%40",
        "C0.a%2Bb%2Fc%40"
      })
  void takesTheCodeOutOfWhatIsPasted(String pasted) {
    assertThat(OAuthLogin.codeFrom(pasted, "s1")).isEqualTo("C0.a+b/c@");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | nothing was pasted",
        "https://127.0.0.1/?error=access_denied&state=s1 | without a login (access_denied)",
        "https://127.0.0.1/?code=canary-c%40&state=other | belongs to another login",
        "https://127.0.0.1/?code=canary-c | is cut off",
        "https://127.0.0.1/?code=canary-c%4 | is cut off",
        "https://127.0.0.1/?code=canary-c%ZZ%40 | is damaged",
        "https://127.0.0.1/?code=&state=s1 | is cut off",
        "https://127.0.0.1/ | has no code= in it",
        "https://api.schwabapi.com/v1/oauth/authorize?client_id=canary | address of the login page",
        "canary words | has no code= in it"
      })
  void saysWhatIsWrongWithWhatIsPasted(String pasted, String said) {
    assertThatThrownBy(() -> OAuthLogin.codeFrom(pasted, "s1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said)
        .hasMessageNotContaining("canary");
  }

  @Test
  void logsInWithoutAPersonOnlyAtASimulator() {
    SchwabApi api = api(directory.resolve("token.json"));
    schwab.on("GET /v1/oauth/authorize", request -> redirect(request.getTarget(), "true"));
    api.login().withoutPerson();
    assertThat(api.tokens().accessToken()).isEqualTo("access-1@");

    schwab.on("GET /v1/oauth/authorize", request -> redirect(request.getTarget(), null));
    assertThatThrownBy(api.login()::withoutPerson).isInstanceOf(SchwabException.class);
  }

  @Test
  void waitsAsLongAsSchwabAsks() {
    schwab.on(TOKEN, _ -> FakeSchwab.answer(429, "").addHeader("Retry-After", "3000").build());
    AccessTokens tokens = api(Duration.ZERO).tokens();
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(tokens::accessToken)
          .isInstanceOfSatisfying(
              SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.THROTTLED));
    }
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
  }

  @Test
  void nobodyWaitsForARefreshWhileThePresentTokenLasts() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    schwab.on(
        TOKEN,
        _ -> {
          asked.countDown();
          awaitLatch(answer);
          return FakeSchwab.json(200, FakeSchwab.grant("access-1@", FakeSchwab.REFRESH));
        });
    AccessTokens tokens = api(Duration.ofSeconds(30)).tokens();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> refreshing = threads.submit(tokens::accessToken);
      awaitLatch(asked);
      assertThat(tokens.accessToken()).isEqualTo("access-0@");
      assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
      answer.countDown();
      assertThat(refreshing.get()).isEqualTo("access-1@");
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void spendsNoRefreshTokenWhenTheNextCouldNotBeSaved() throws IOException {
    // A name that leaves no room for the draft's longer one stands for a disk that is full.
    Path file = directory.resolve("t".repeat(240));
    Files.move(FakeSchwab.tokenFile(directory, "access-0@", NOW.plusSeconds(30)), file);
    AccessTokens tokens = api(file).tokens();
    assertThat(tokens.accessToken()).isEqualTo("access-0@");
    assertThat(schwab.count(TOKEN)).isZero();
    TokenStatus told = tokens.status();
    assertThat(told.problem()).contains("cannot be written (File name too long)");
    assertThat(told.outlook(NOW)).isEqualTo(TokenStatus.Outlook.WORRYING);
    assertThat(told.outlook(NOW.plusSeconds(30))).isEqualTo(TokenStatus.Outlook.OVER);
  }

  @Test
  void keepsRefreshedTokensInMemoryUntilTheyCanBeWritten() throws IOException {
    Path aside = directory.resolveSibling(directory.getFileName() + "-aside");
    schwab.on(
        TOKEN,
        _ -> {
          move(directory, aside);
          return FakeSchwab.json(200, FakeSchwab.grant("access-1@", "rotated@"));
        });
    AccessTokens tokens = api(Duration.ZERO).tokens();
    assertThat(tokens.accessToken()).isEqualTo("access-1@");
    TokenStatus told = tokens.status();
    assertThat(told.state()).isEqualTo(TokenStatus.State.UNSAVED);
    assertThat(told.outlook(NOW)).isEqualTo(TokenStatus.Outlook.WORRYING);
    assertThat(told.problem()).contains("cannot be written", "in memory alone");
    assertThat(tokens.accessToken()).isEqualTo("access-1@");

    move(aside, directory);
    assertThat(file()).contains(FakeSchwab.REFRESH);
    long end = System.nanoTime() + Duration.ofSeconds(25).toNanos();
    while (file().contains(FakeSchwab.REFRESH) && System.nanoTime() < end) {
      assertThat(tokens.accessToken()).isEqualTo("access-1@");
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(file()).contains("rotated@");
    assertThat(tokens.accessToken()).isEqualTo("access-1@");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLoginMadeDuringARefreshStays() {
    schwab.on(
        TOKEN,
        _ -> {
          FakeSchwab.tokenFile(directory, "access-login@", NOW.plusSeconds(1_800));
          replaceInFile(FakeSchwab.REFRESH, "login@");
          return FakeSchwab.json(200, FakeSchwab.grant("access-1@", "rotated@"));
        });
    assertThat(api(Duration.ZERO).tokens().accessToken()).isEqualTo("access-login@");
    assertThat(file()).contains("login@").doesNotContain("rotated@");
  }

  @Test
  void findsTheLoginOverOnTheEighthDay() {
    SchwabApi api = api(directory.resolve("token.json"));
    Instant end = api.login().exchange("code@");
    AccessTokens tokens = api.tokens();
    now.set(end.minus(Duration.ofHours(25)));
    assertThat(tokens.accessToken()).isEqualTo("access-2@");
    assertThat(tokens.status().outlook(now.get())).isEqualTo(TokenStatus.Outlook.GOOD);
    now.set(end.minus(Duration.ofHours(23)));
    assertThat(tokens.status().outlook(now.get())).isEqualTo(TokenStatus.Outlook.WORRYING);
    now.set(end.minus(Duration.ofMinutes(10)));
    assertThat(tokens.accessToken()).isEqualTo("access-3@");

    schwab.on(TOKEN, 400, DEAD_REFRESH);
    now.set(end.plus(Duration.ofMinutes(5)));
    assertThat(tokens.accessToken()).as("lives to its own end").isEqualTo("access-3@");
    now.set(end.plus(Duration.ofMinutes(30)));
    assertThat(tokens.status().state())
        .as("known before anybody asks Schwab")
        .isEqualTo(TokenStatus.State.LOGIN_REQUIRED);
    assertThatThrownBy(tokens::accessToken).hasMessageContaining("ended after its seven days");

    schwab.on(TOKEN, 200, FakeSchwab.grant("access-new@", "refresh-new@"));
    // Another process: ./kite auth login.
    SchwabApi.connect(schwab.config(directory.resolve("token.json")), clock)
        .login()
        .exchange("code-2@");
    assertThat(tokens.accessToken()).isEqualTo("access-new@");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
    assertThat(tokens.status().loginEndsAt()).isEqualTo(now.get().plus(Duration.ofDays(7)));
  }

  @Test
  void saysThatAnImportedFileDoesNotKnowItsEnd() {
    TokenStatus status = api(Duration.ofMinutes(5)).tokens().status();
    assertThat(status.outlook(NOW)).isEqualTo(TokenStatus.Outlook.GOOD);
    assertThat(status.note(NOW).orElse("")).contains("not known");
  }

  private static MockResponse redirect(
      String target, @org.jspecify.annotations.Nullable String simulator) {
    String state = target.replaceAll(".*state=([^&]*).*", "$1");
    MockResponse.Builder answer =
        FakeSchwab.answer(302, "")
            .addHeader("Location", "https://127.0.0.1:8182/?code=c%40&state=" + state);
    if (simulator != null) {
      answer.addHeader("Kite-Simulator", simulator);
    }
    return answer.build();
  }

  @Test
  void asksOnceEvenWhenToldToRetryAtOnce() {
    schwab.on(TOKEN, _ -> FakeSchwab.answer(503, "").addHeader("Retry-After", "0").build());
    assertThatThrownBy(api(Duration.ZERO).tokens()::accessToken)
        .isInstanceOf(SchwabException.class);
    assertThat(schwab.count(TOKEN)).isEqualTo(1);
  }
}
