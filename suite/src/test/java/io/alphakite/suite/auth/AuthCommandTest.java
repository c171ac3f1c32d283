package io.alphakite.suite.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.suite.Suite;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A person's login at the simulator, whose authorize page redirects at once. */
@Timeout(240)
class AuthCommandTest {

  private static final String CALLBACK = "https://127.0.0.1:8182";

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static SimulatorServer simulator;

  private final Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  AuthCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeAll
  static void startSimulator() {
    simulator =
        SimulatorServer.start(
            SimulatorSettings.of(
                Map.of(
                    "SIMULATOR_PORT", "0",
                    "SCHWAB_APP_KEY", "the-key",
                    "SCHWAB_APP_SECRET", "the-secret")));
  }

  @AfterAll
  static void stopSimulator() {
    simulator.close();
  }

  private Map<String, String> settings(String callback) {
    Map<String, String> settings = new HashMap<>();
    settings.put("SCHWAB_BASE_URL", simulator.baseUrl().toString());
    settings.put("SCHWAB_APP_KEY", "the-key");
    settings.put("SCHWAB_APP_SECRET", "the-secret");
    settings.put("SCHWAB_CALLBACK_URL", callback);
    settings.put("SCHWAB_TOKEN_FILE", token().toString());
    return settings;
  }

  private Path token() {
    return directory.resolve("token.json");
  }

  private int run(Map<String, String> settings, InputStream in, String... words) {
    return new AuthCommand(
            Settings.of(settings),
            InstantSource.system(),
            ZoneId.of("America/New_York"),
            in,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(List.of(words));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** The address the browser is sent to. */
  private static String browse(String authorizeUrl) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(authorizeUrl)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(302);
      return answer.headers().firstValue("Location").orElseThrow();
    }
  }

  @Test
  void logsInAsAPersonWouldAndTellsHowItStands() throws Exception {
    // Not this machine's: nobody listens, so that the address has to be pasted.
    Map<String, String> settings = settings("https://kite.example.com/back");
    List<String> said = new ArrayList<>();
    Process login = process(settings, "login");
    try (BufferedReader talk = login.inputReader();
        Writer keyboard = login.outputWriter()) {
      String url = next(talk, said, "http://");
      String back = browse(url);
      assertThat(back).startsWith("https://kite.example.com/back/?code=").contains("%40&session=");
      keyboard.write(url + "\n");
      keyboard.write(back.substring(0, back.indexOf("%40")) + "\n");
      keyboard.write(browse(url).replaceAll("state=.*", "state=another") + "\n");
      keyboard.write("\"" + browse(url) + "\"\n");
      keyboard.flush();
      talk.lines().forEach(said::add);
    }
    assertThat(login.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String all = String.join("\n", said);
    assertThat(all)
        .contains(
            "that is the address of the login page",
            "is cut off",
            "belongs to another login",
            "Logged in to the Schwab simulator.",
            "Login    until ");
    assertThat(login.exitValue()).as(all).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(token())))
        .isEqualTo("rw-------");

    Process status = process(settings, "status");
    String words = new String(status.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(status.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(words)
        .contains("Logged in to the Schwab simulator.", "Refresh  not tried", "Accounts ...");
    assertThat(status.exitValue()).as(words).isZero();
  }

  /** The next line with this start; the ones before it are kept. */
  private static String next(BufferedReader talk, List<String> said, String start)
      throws IOException {
    for (String line = talk.readLine(); line != null; line = talk.readLine()) {
      if (line.startsWith(start)) {
        return line;
      }
      said.add(line);
    }
    throw new AssertionError("it never said " + start + ": " + said);
  }

  private Process process(Map<String, String> settings, String verb) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Suite.class.getName(),
            "auth",
            verb);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(DATABASE|SCHWAB|KITE|STREAM|RISK|BATCH)_.*"));
    builder.environment().putAll(settings);
    return builder.redirectErrorStream(true).start();
  }

  @Test
  void catchesTheBrowserOnItsWayBack() throws Exception {
    String callback = "https://127.0.0.1:" + freePort();
    PipedOutputStream said = new PipedOutputStream();
    try (BufferedReader talk =
            new BufferedReader(
                new InputStreamReader(
                    new PipedInputStream(said, 1 << 16), StandardCharsets.UTF_8));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient browser = trusting()) {
      Future<Integer> login =
          threads.submit(
              () ->
                  new AuthCommand(
                          Settings.of(settings(callback)),
                          InstantSource.system(),
                          ZoneId.of("America/New_York"),
                          InputStream.nullInputStream(),
                          new PrintStream(said, true, StandardCharsets.UTF_8),
                          new PrintStream(err, true, StandardCharsets.UTF_8))
                      .run(List.of("login")));
      String url = next(talk, new ArrayList<>(), "http://");
      // The address stands there before anybody listens to whoever follows it.
      assertThat(next(talk, new ArrayList<>(), "3. ")).contains(callback);
      assertThat(get(browser, callback + "/favicon.ico").statusCode()).isEqualTo(404);
      assertThat(get(browser, callback + "/?code=x%40").statusCode()).isEqualTo(400);
      assertThat(get(browser, callback + "/?code=x%40&state=other").statusCode()).isEqualTo(400);
      assertThat(get(browser, callback + "/?error=access_denied&state=other").body())
          .contains("without a login (access_denied)");
      HttpResponse<String> page = get(browser, browse(url));
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("Thank you");
      assertThat(login.get(120, TimeUnit.SECONDS)).as(err()).isZero();
      assertThat(next(talk, new ArrayList<>(), "Logged in")).contains("the Schwab simulator");
    }
    assertThat(run(settings(callback), InputStream.nullInputStream(), "status", "--json")).isZero();
    assertThat(out())
        .contains("\"broker\" : \"simulator\"", "\"refresh\" : \"not_needed\"", "\"well\" : true");
  }

  private static HttpResponse<String> get(HttpClient browser, String url)
      throws IOException, InterruptedException {
    return browser.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** As a person who goes on in spite of the warning. */
  private static HttpClient trusting() throws Exception {
    X509TrustManager everybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {
            assertThat(chain[0].getSubjectX500Principal().getName()).contains("Alpha Kite");
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {everybody}, new SecureRandom());
    return HttpClient.newBuilder().sslContext(context).build();
  }

  /** Below the range that the system hands out by itself. */
  private static int freePort() throws IOException {
    Random random = new Random();
    for (int i = 0; i < 50; i++) {
      int port = 20_000 + random.nextInt(10_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException _) {
        // Taken: another one.
      }
    }
    throw new IOException("no free port");
  }

  @Test
  void saysWhatIsWrongWithALoginAndExitsOne() throws Exception {
    Map<String, String> settings = settings(CALLBACK);
    assertThat(run(settings, InputStream.nullInputStream(), "status")).isEqualTo(1);
    assertThat(err()).contains("not logged in: no token file").hasLineCount(1);

    writeToken("no-such-refresh@", Instant.EPOCH);
    err.reset();
    assertThat(run(settings, InputStream.nullInputStream(), "status", "--json")).isEqualTo(1);
    assertThat(err()).isEmpty();
    assertThat(out())
        .contains("\"refresh\" : \"failed\"", "\"state\" : \"login_required\"", "\"well\" : false")
        .doesNotContain("no-such-refresh");
  }

  @Test
  void refreshesForTheStatusOnlyWhenTheAccessTokenHasEnded() throws Exception {
    writeToken(simulatedRefreshToken(), Instant.EPOCH);
    assertThat(run(settings(CALLBACK), InputStream.nullInputStream(), "status")).as(err()).isZero();
    assertThat(out()).contains("Refresh  works: tried just now", "which is not known here");
  }

  private String simulatedRefreshToken() throws IOException {
    Path other = directory.resolve("other.json");
    SchwabApi api =
        SchwabApi.connect(
            SchwabConfig.of(
                simulator.baseUrl().toString(),
                "the-key",
                "the-secret",
                "https://kite.example.com",
                other,
                null),
            InstantSource.system());
    api.login().withoutPerson();
    return Files.readString(other).replaceAll("(?s).*\"refresh_token\":\"([^\"]*)\".*", "$1");
  }

  private void writeToken(String refresh, Instant expiresAt) throws IOException {
    Files.writeString(
        token(),
        """
        {"access_token":"a@","refresh_token":"%s","expires_at":"%s","token_type":"Bearer"}"""
            .formatted(refresh, expiresAt));
    Files.setPosixFilePermissions(token(), PosixFilePermissions.fromString("rw-------"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SCHWAB_APP_KEY      | ''                    | SCHWAB_APP_KEY is not set",
        "SCHWAB_APP_SECRET   | ''                    | SCHWAB_APP_SECRET is not set",
        "SCHWAB_CALLBACK_URL | ''                    | SCHWAB_CALLBACK_URL is not set",
        "SCHWAB_CALLBACK_URL | https://localhost     | Schwab refuses localhost",
        "SCHWAB_CALLBACK_URL | http://192.168.0.1    | must be https",
        "SCHWAB_CALLBACK_URL | 127.0.0.1:8182        | SCHWAB_CALLBACK_URL is not",
        "SCHWAB_BASE_URL     | http://example.com    | SCHWAB_BASE_URL",
        "SCHWAB_TOKEN_KEY    | canary                | SCHWAB_TOKEN_KEY must be the base64",
      })
  void namesTheSettingThatIsWrong(String name, String value, String line) {
    Map<String, String> settings = settings(CALLBACK);
    settings.put(name, value);
    assertThat(run(settings, InputStream.nullInputStream(), "url")).isEqualTo(1);
    assertThat(err()).startsWith("kite: ").contains(line).hasLineCount(1);
    assertThat(err() + out()).doesNotContain("canary");
  }

  @Test
  void printsTheAddressAlone() {
    assertThat(run(settings(CALLBACK), InputStream.nullInputStream(), "url")).isZero();
    assertThat(out())
        .hasLineCount(1)
        .startsWith(simulator.baseUrl() + "/v1/oauth/authorize?client_id=the-key&redirect_uri=");
    assertThat(run(settings(CALLBACK), InputStream.nullInputStream(), "logout")).isEqualTo(2);
  }

  @Test
  void takesAWrongSecretForWhatItIs() throws Exception {
    Map<String, String> settings = settings("https://kite.example.com");
    settings.put("SCHWAB_APP_SECRET", "canary-wrong");
    out.reset();
    assertThat(run(settings, InputStream.nullInputStream(), "url")).isZero();
    String back = browse(out().strip()).replaceAll("&state=.*", "");
    assertThat(
            run(
                settings,
                new ByteArrayInputStream((back + "\n").getBytes(StandardCharsets.UTF_8)),
                "login"))
        .isEqualTo(1);
    assertThat(err())
        .contains("Schwab refuses the app key or its secret (invalid_client)")
        .hasLineCount(1);
    assertThat(err() + out()).doesNotContain("canary");
    assertThat(token()).doesNotExist();
  }
}
