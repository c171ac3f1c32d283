package io.alphakite.simulator.settings;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a simulator can be told. docs/simulator.md explains each setting.
 *
 * @param port 0 = any free one
 * @param appKey when absent every client id is accepted
 * @param callbackUrl one or several, comma separated; when absent every redirect URI is accepted
 * @param speed market seconds per wall second, 1 to 1000
 * @param conflate market time per level-one batch; zero = one update per print
 * @param stateDirectory where the place in the market, account and orders are kept; absent = memory
 * @param dayStart Eastern time at which each session's replay begins
 * @param dayEnd Eastern time at which it ends and the next begins
 * @param startSession date of the first session replayed; with {@code csv} the first on or after it
 * @param waitForSubscriber whether the market waits for the first level-one subscription
 * @param stopAfterSessions the market halts for good after so many sessions; 0 = never
 * @param account what the account may do
 * @param stream where sources differ on the streamer
 * @param emptyAfter a connection without subscriptions is ended after this time
 * @param stallLimit how long a client may hold the market by not reading
 * @param seed what the chance of faults follows from
 * @param rotatingRefreshTokens whether each refresh gives a new refresh token and kills the old
 * @param loginForm whether the authorize page asks a person, instead of redirecting at once
 * @param tls whether it speaks https and wss, with a certificate of its own making
 * @param continuous whether market time runs through nights and weekends, and is the simulator's
 *     own clock
 * @param scenario name or file of the scenario played from the start; absent = none
 * @param csv a CSV file or directory that is the market instead of the recordings; absent = those
 */
public record SimulatorSettings(
    int port,
    String bindAddress,
    @Nullable String appKey,
    @Nullable String appSecret,
    @Nullable String callbackUrl,
    double speed,
    Duration conflate,
    @Nullable Path stateDirectory,
    LocalTime dayStart,
    LocalTime dayEnd,
    LocalDate startSession,
    boolean waitForSubscriber,
    int stopAfterSessions,
    BigDecimal cash,
    AccountRules account,
    StreamSettings stream,
    Duration emptyAfter,
    Duration stallLimit,
    Set<String> allowedHosts,
    long seed,
    boolean rotatingRefreshTokens,
    boolean loginForm,
    @Nullable String scenario,
    boolean continuous,
    boolean tls,
    @Nullable Path csv) {

  /** Sessions are counted from here. */
  public static final LocalDate FIRST_SESSION = LocalDate.of(2013, 10, 7);

  /** Market seconds per wall second at most. */
  public static final double MAX_SPEED = 1000;

  /** The same where market time runs through nights and weekends. */
  public static final double MAX_NIGHT_SPEED = 100_000;

  private static final LocalTime EXTENDED_OPEN = LocalTime.of(4, 0);
  private static final LocalTime EXTENDED_CLOSE = LocalTime.of(20, 0);

  /**
   * Reads settings named as the environment variables are; blank counts as absent.
   *
   * @throws SettingsException when any of them cannot be used
   */
  public static SimulatorSettings of(Map<String, String> variables) {
    Parser parse = new Parser(variables);
    SimulatorSettings settings =
        new SimulatorSettings(
            parse.integer("SIMULATOR_PORT", 8090, 0, 65_535),
            parse.text("BIND_ADDRESS").orElse("127.0.0.1"),
            parse.text("SCHWAB_APP_KEY").orElse(null),
            parse.text("SCHWAB_APP_SECRET").orElse(null),
            parse.text("SCHWAB_CALLBACK_URL").orElse(null),
            parse
                .decimal("KITE_REPLAY_SPEED", "30", BigDecimal.ONE, BigDecimal.valueOf(1000))
                .doubleValue(),
            Duration.ofMillis(parse.integer("SIMULATOR_CONFLATE_MS", 0, 0, 60_000)),
            parse.value("SIMULATOR_STATE_DIR", "a path", Path::of).orElse(null),
            parse.time("SIMULATOR_DAY_START", "09:29:50"),
            parse.time("SIMULATOR_DAY_END", "16:00:10"),
            parse
                .value("SIMULATOR_START_SESSION", "a date like 2013-10-07", LocalDate::parse)
                .orElse(parse.text("SIMULATOR_CSV").isPresent() ? LocalDate.EPOCH : FIRST_SESSION),
            parse.flag("SIMULATOR_WAIT_FOR_SUBSCRIBER", true),
            parse.integer("SIMULATOR_STOP_AFTER_SESSIONS", 0, 0, 1_000_000),
            parse.decimal(
                "SIMULATOR_CASH", "100000", BigDecimal.ZERO, BigDecimal.valueOf(1_000_000_000)),
            AccountRules.of(parse),
            StreamSettings.of(parse),
            Duration.ofSeconds(parse.integer("SIMULATOR_EMPTY_SECONDS", 30, 1, 3600)),
            Duration.ofSeconds(parse.integer("SIMULATOR_STALL_SECONDS", 120, 1, 86_400)),
            parse.hosts("SIMULATOR_ALLOWED_HOSTS"),
            parse.integer("SIMULATOR_SEED", 1, 0, Integer.MAX_VALUE),
            parse.choice("SIMULATOR_REFRESH_TOKENS", "constant", "rotating").equals("rotating"),
            parse.choice("SIMULATOR_LOGIN", "redirect", "form").equals("form"),
            parse.text("SIMULATOR_SCENARIO").orElse(null),
            parse.choice("SIMULATOR_CALENDAR", "sessions", "continuous").equals("continuous"),
            parse.flag("SIMULATOR_TLS", false),
            parse.value("SIMULATOR_CSV", "a path", Path::of).orElse(null));
    settings.check(parse.problems);
    if (!parse.problems.isEmpty()) {
      throw new SettingsException(parse.problems);
    }
    return settings;
  }

  private void check(List<String> problems) {
    if (appSecret != null && appKey == null) {
      problems.add("SCHWAB_APP_SECRET is set without SCHWAB_APP_KEY");
    }
    if (!dayStart.isBefore(dayEnd)
        || dayStart.isBefore(EXTENDED_OPEN)
        || dayEnd.isAfter(EXTENDED_CLOSE)) {
      problems.add(
          "SIMULATOR_DAY_START and SIMULATOR_DAY_END must be between 04:00:00 and 20:00:00 and in"
              + " order, not "
              + dayStart
              + " and "
              + dayEnd);
    }
    if (csv != null && !Files.exists(csv)) {
      problems.add("SIMULATOR_CSV must be a CSV file or a directory of them, not '" + csv + "'");
    }
    Optional<TradingSession> session = MarketCalendar.nyse().session(startSession);
    if (csv != null) {
      return;
    }
    if (startSession.isBefore(FIRST_SESSION)
        || session.isEmpty()
        || session.get().earlyClose()
        || startSession.isAfter(FIRST_SESSION.plusYears(100))) {
      problems.add(
          "SIMULATOR_START_SESSION must be a full-length NYSE session from "
              + FIRST_SESSION
              + " on, not "
              + startSession);
    }
  }

  @Override
  public String toString() {
    return "SimulatorSettings[port="
        + port
        + ", speed="
        + speed
        + ", startSession="
        + startSession
        + "]";
  }

  /** Reads variables by name and notes what cannot be used. */
  static final class Parser {
    private final Map<String, String> variables;
    private final List<String> problems = new ArrayList<>();

    Parser(Map<String, String> variables) {
      this.variables = variables;
    }

    Optional<String> text(String name) {
      return Optional.ofNullable(variables.get(name)).map(String::strip).filter(s -> !s.isEmpty());
    }

    <T> Optional<T> value(String name, String expected, Function<String, T> parser) {
      return text(name)
          .flatMap(
              text -> {
                try {
                  return Optional.of(parser.apply(text));
                } catch (IllegalArgumentException | DateTimeParseException e) {
                  problems.add(name + " must be " + expected + ", not '" + text + "'");
                  return Optional.empty();
                }
              });
    }

    int integer(String name, int absent, int least, int most) {
      String expected = "a whole number from " + least + " to " + most;
      return value(name, expected, text -> within(Integer.parseInt(text), least, most))
          .orElse(absent);
    }

    BigDecimal decimal(String name, String absent, BigDecimal least, BigDecimal most) {
      String expected = "a number from " + least.toPlainString() + " to " + most.toPlainString();
      return value(name, expected, text -> within(new BigDecimal(text), least, most))
          .orElseGet(() -> new BigDecimal(absent));
    }

    private static <T extends Comparable<T>> T within(T value, T least, T most) {
      if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
        throw new IllegalArgumentException("out of range");
      }
      return value;
    }

    LocalTime time(String name, String absent) {
      return value(name, "a New York time like " + absent, LocalTime::parse)
          .orElseGet(() -> LocalTime.parse(absent));
    }

    boolean flag(String name, boolean absent) {
      return value(
              name,
              "true or false",
              text ->
                  switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException(text);
                  })
          .orElse(absent);
    }

    String choice(String name, String absent, String... others) {
      return value(
              name,
              absent + " or " + String.join(" or ", others),
              text -> {
                if (!text.equals(absent) && !List.of(others).contains(text)) {
                  throw new IllegalArgumentException(text);
                }
                return text;
              })
          .orElse(absent);
    }

    Set<String> hosts(String name) {
      Set<String> hosts = new TreeSet<>();
      text(name)
          .ifPresent(
              text -> {
                for (String host : text.split(",", -1)) {
                  hosts.add(host.strip());
                }
              });
      return Set.copyOf(hosts);
    }
  }
}
