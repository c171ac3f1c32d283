package io.alphakite.suite.auth;

import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.OAuthLogin;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.trader.AccountNumber;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code auth login|status|url [--json]}: walks a person through a login, and says how it is. */
public final class AuthCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** A person finds the second factor, reads, ticks accounts. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final int WRONG_PASTES_MAX = 10;
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("EEEE d MMMM uuuu", Locale.ENGLISH);

  /** What a waiting login hears. */
  private sealed interface Word {

    /** A line of standard input. */
    record Pasted(String line) implements Word {}

    /** The browser came to the listener. */
    record Caught(String code) implements Word {}

    /** Standard input is over. */
    record Silence() implements Word {}
  }

  private final Settings settings;
  private final InstantSource clock;
  private final ZoneId zone;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * A command with its surroundings.
   *
   * @param zone of the person at the terminal
   */
  public AuthCommand(
      Settings settings,
      InstantSource clock,
      ZoneId zone,
      InputStream in,
      PrintStream out,
      PrintStream err) {
    this.settings = settings;
    this.clock = clock;
    this.zone = zone;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs it; 0 when all is well, 1 when not (one line says what), 2 for words it does not know. */
  public int run(List<String> words) {
    boolean json = words.contains("--json");
    List<String> verbs = words.stream().filter(word -> !word.equals("--json")).toList();
    try {
      return switch (verbs.size() == 1 ? verbs.getFirst() : "") {
        case "login" -> login(json);
        case "status" -> status(json);
        case "url" -> url(json);
        default -> {
          err.println("usage: ./kite auth login|status|url [--json]");
          yield 2;
        }
      };
    } catch (SettingsException | SchwabException | IllegalArgumentException e) {
      return fail(json, String.valueOf(e.getMessage()));
    }
  }

  private int url(boolean json) {
    String state = UUID.randomUUID().toString();
    URI url = SchwabApi.beforeLogin(config(), clock).login().authorizeUrl(state);
    if (json) {
      print(JSON.createObjectNode().put("authorize_url", url.toString()).put("state", state));
    } else {
      out.println(url);
    }
    return 0;
  }

  // --- login -----------------------------------------------------------------------------------

  private int login(boolean json) {
    SchwabConfig config = config();
    SchwabApi api = SchwabApi.beforeLogin(config, clock);
    String state = UUID.randomUUID().toString();
    URI url = api.login().authorizeUrl(state);
    BlockingQueue<Word> words = new LinkedBlockingQueue<>();
    // What a person reads on the way is no part of the data.
    PrintStream talk = json ? err : out;
    String code;
    try (CallbackListener listener = listen(config, state, words, talk)) {
      explain(talk, url, config.credentials().requiredCallbackUrl(), listener != null);
      readLines(words);
      code = await(words, state, listener != null);
    }
    api.login().exchange(code);
    talk.println("Schwab took the login; asking for the accounts ...");
    List<AccountNumber> accounts = accounts(api, "logged in, but a first call failed");
    TokenStatus status = api.tokens().status();
    if (json) {
      print(report(config, api, status, accounts, null));
    } else {
      talk.println();
      talk.println("Logged in to " + broker(api) + ".");
      describe(config, status, accounts);
      talk.println("Running services take this login over by themselves.");
    }
    return 0;
  }

  private @Nullable CallbackListener listen(
      SchwabConfig config, String state, BlockingQueue<Word> words, PrintStream talk) {
    URI callback = URI.create(config.credentials().requiredCallbackUrl());
    if (!CallbackListener.fits(callback)) {
      return null;
    }
    try {
      return CallbackListener.open(callback, state, code -> words.add(new Word.Caught(code)));
    } catch (IOException e) {
      talk.println("Nobody listens at " + callback + " (" + e.getMessage() + "): paste instead.");
      return null;
    }
  }

  private static void explain(PrintStream talk, URI url, String callback, boolean listening) {
    talk.println("1. Open this address in a browser:");
    talk.println();
    talk.println(url);
    talk.println();
    talk.println("2. Log in with your brokerage login (not the developer portal's), accept the");
    talk.println("   terms and tick the accounts to link.");
    if (listening) {
      talk.println("3. The browser comes back to " + callback + " and warns of its certificate,");
      talk.println(
          "   which this command made just now: go on. Where the browser cannot reach this");
      talk.println(
          "   machine, copy the address it ends at and paste it here within half a minute.");
    } else {
      talk.println(
          "3. The browser ends at " + callback + "/?code=..., which it may not be able to");
      talk.println("   show: copy that whole address and paste it here within half a minute.");
    }
    talk.println();
    talk.flush();
  }

  private void readLines(BlockingQueue<Word> words) {
    Thread.ofPlatform()
        .daemon()
        .name("auth-input")
        .start(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                String line = lines.readLine();
                while (line != null) {
                  words.add(new Word.Pasted(line));
                  line = lines.readLine();
                }
              } catch (IOException _) {
                // As at its end.
              }
              words.add(new Word.Silence());
            });
  }

  private String await(BlockingQueue<Word> words, String state, boolean listening) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int wrong = 0; wrong < WRONG_PASTES_MAX; ) {
      Word word;
      try {
        word = words.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalArgumentException("interrupted", e);
      }
      switch (word) {
        case null ->
            throw new IllegalArgumentException(
                "nothing came within " + PATIENCE.toMinutes() + " minutes: start again");
        case Word.Caught(String code) -> {
          return code;
        }
        case Word.Silence() -> {
          if (!listening) {
            throw new IllegalArgumentException("no address was pasted");
          }
        }
        case Word.Pasted(String line) -> {
          if (line.isBlank()) {
            continue;
          }
          try {
            return OAuthLogin.codeFrom(line, state);
          } catch (IllegalArgumentException e) {
            wrong++;
            err.println("kite: " + e.getMessage());
          }
        }
      }
    }
    throw new IllegalArgumentException("too many addresses that were none: start again");
  }

  // --- status ----------------------------------------------------------------------------------

  private int status(boolean json) {
    SchwabConfig config = config();
    SchwabApi api = SchwabApi.connect(config, clock);
    TokenStatus before = api.tokens().status();
    List<AccountNumber> accounts = List.of();
    String problem = null;
    if (before.state() == TokenStatus.State.MISSING) {
      problem = before.note(clock.instant()).orElse("not logged in");
    } else {
      try {
        // With the present access token while it lasts: refreshing for the sake of looking would
        // only give a running service another token to pick up.
        accounts = accounts(api, "the login does not work");
      } catch (SchwabException e) {
        problem = e.getMessage();
      }
    }
    TokenStatus status = api.tokens().status();
    boolean well = problem == null && status.outlook(clock.instant()) == TokenStatus.Outlook.GOOD;
    if (json) {
      ObjectNode report = report(config, api, status, accounts, problem);
      report.put("refresh", refresh(before, status));
      report.put("well", well);
      print(report);
      return well ? 0 : 1;
    }
    if (problem != null) {
      return fail(false, problem);
    }
    out.println("Logged in to " + broker(api) + ".");
    describe(config, status, accounts);
    out.println(
        switch (refresh(before, status)) {
          case "worked" -> "Refresh  works: tried just now";
          case "failed" -> "Refresh  fails";
          default -> "Refresh  not tried: the access token is still good";
        });
    status.note(clock.instant()).ifPresent(note -> out.println("Note     " + note));
    return well ? 0 : 1;
  }

  /** Whether the call just made had to refresh, and how that went. */
  private static String refresh(TokenStatus before, TokenStatus after) {
    if (after.state() == TokenStatus.State.REFRESH_FAILING
        || after.state() == TokenStatus.State.LOGIN_REQUIRED) {
      return "failed";
    }
    Instant then = before.accessExpiresAt();
    Instant now = after.accessExpiresAt();
    return now != null && !now.equals(then) ? "worked" : "not_needed";
  }

  // --- both ------------------------------------------------------------------------------------

  /** One harmless call. */
  private static List<AccountNumber> accounts(SchwabApi api, String otherwise) {
    try {
      return api.trader().accountNumbers();
    } catch (SchwabException e) {
      String advice =
          e.kind() == SchwabException.Kind.UNAUTHORIZED
              ? "; does the app have the product Accounts and Trading Production?"
              : "";
      throw new SchwabException(e.kind(), otherwise + ": " + e.getMessage() + advice, e);
    }
  }

  private void describe(SchwabConfig config, TokenStatus status, List<AccountNumber> accounts) {
    out.println("Accounts " + (accounts.isEmpty() ? "none linked" : names(accounts)));
    if (status.accessExpiresAt() != null) {
      out.println("Access   until " + said(status.accessExpiresAt()) + "; renewed by itself");
    }
    out.println(
        status.loginEndsAt() == null
            ? "Login    ends seven days after it was made, which is not known here"
            : "Login    until " + said(status.loginEndsAt()) + "; then log in again");
    out.println(
        "Tokens   "
            + config.tokenFile().toAbsolutePath().normalize()
            + (config.tokenKey() == null ? ", not encrypted (SCHWAB_TOKEN_KEY)" : ", encrypted"));
    String wanted = settings.text("SCHWAB_ACCOUNT", "");
    if (!wanted.isBlank()
        && accounts.stream().noneMatch(account -> account.number().equals(wanted))) {
      out.println("Note     SCHWAB_ACCOUNT is not among these accounts: log in again and tick it");
    }
  }

  private ObjectNode report(
      SchwabConfig config,
      SchwabApi api,
      TokenStatus status,
      List<AccountNumber> accounts,
      @Nullable String problem) {
    ObjectNode report =
        JSON.createObjectNode()
            .put("broker", api.simulator() ? "simulator" : "schwab")
            .put("state", status.state().name().toLowerCase(Locale.ROOT))
            .put("token_file", config.tokenFile().toAbsolutePath().normalize().toString())
            .put("encrypted", config.tokenKey() != null)
            .put("access_expires_at", text(status.accessExpiresAt()))
            .put("login_ends_at", text(status.loginEndsAt()));
    var list = report.putArray("accounts");
    accounts.forEach(account -> list.add("..." + account.lastFour()));
    report.put("note", problem == null ? status.note(clock.instant()).orElse(null) : problem);
    return report;
  }

  private static @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : moment.toString();
  }

  private static String names(List<AccountNumber> accounts) {
    return String.join(", ", accounts.stream().map(account -> "..." + account.lastFour()).toList());
  }

  /** A time as a person says it, in the person's own zone. */
  private String said(Instant moment) {
    ZonedDateTime there = moment.atZone(zone);
    LocalDate today = clock.instant().atZone(zone).toLocalDate();
    String day =
        there.toLocalDate().equals(today) ? "today" : "on " + DAY.format(there.toLocalDate());
    return TIME.format(there) + " " + day + " (" + zone + ")";
  }

  private static String broker(SchwabApi api) {
    return api.simulator() ? "the Schwab simulator" : "Schwab";
  }

  private SchwabConfig config() {
    return SchwabConfig.of(
        settings.text("SCHWAB_BASE_URL", SchwabConfig.PRODUCTION),
        settings.text("SCHWAB_APP_KEY", ""),
        settings.text("SCHWAB_APP_SECRET", ""),
        settings.text("SCHWAB_CALLBACK_URL", ""),
        Path.of(settings.text("SCHWAB_TOKEN_FILE", ".kite/schwab-token.json")),
        settings.text("SCHWAB_TOKEN_KEY").orElse(null));
  }

  private int fail(boolean json, String message) {
    if (json) {
      print(JSON.createObjectNode().put("error", message));
    }
    err.println("kite: " + message);
    return 1;
  }

  private void print(ObjectNode json) {
    out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json));
  }
}
