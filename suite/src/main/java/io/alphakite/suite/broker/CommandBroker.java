package io.alphakite.suite.broker;

import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.http.RateBudget;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.database.SuiteHome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Schwab for a command: that of {@code SCHWAB_BASE_URL} when set; else the simulator of the suite
 * that ran here last, when it ran on one; else Schwab itself.
 */
public final class CommandBroker {

  /** What the simulator of {@code ./kite up} is told to know, so that nobody has to log in. */
  public static final Map<String, String> SIMULATOR_LOGIN =
      Map.of(
          "SCHWAB_APP_KEY", "kite-simulator",
          "SCHWAB_APP_SECRET", "kite-simulator",
          "SCHWAB_CALLBACK_URL", "https://127.0.0.1");

  /** A command's share of what one app may ask of Schwab, beside the services' 120 a minute. */
  private static final int REQUESTS_PER_MINUTE = 20;

  private CommandBroker() {}

  /**
   * Makes no call to Schwab itself; logs in at a simulator where nobody did yet.
   *
   * @param processes lets one of several processes refresh the tokens at a time
   * @throws CommandException with one line when the settings or the login cannot be used
   */
  public static SchwabApi connect(Settings settings, InstantSource clock, RefreshLock processes) {
    return connect(settings, clock, processes, REQUESTS_PER_MINUTE);
  }

  /**
   * As {@link #connect(Settings, InstantSource, RefreshLock)} with a share of its own.
   *
   * @param requests a minute, of Schwab itself
   */
  public static SchwabApi connect(
      Settings settings, InstantSource clock, RefreshLock processes, int requests) {
    SuiteHome home = SuiteHome.of(settings);
    Map<String, String> values = new HashMap<>(settings.all());
    values.values().removeIf(String::isBlank);
    String address = values.getOrDefault("SCHWAB_BASE_URL", "");
    if (address.isEmpty() && simulated(settings, home)) {
      values.put(
          "SCHWAB_BASE_URL",
          "http://127.0.0.1:" + settings.integer("SIMULATOR_PORT", 8090, 1, 65_535));
      values.putAll(SIMULATOR_LOGIN);
      values.remove("SCHWAB_TOKEN_KEY");
      values.put("SCHWAB_TOKEN_FILE", home.simulatorToken().toString());
    } else if (isLoopback(address)) {
      SIMULATOR_LOGIN.forEach(values::putIfAbsent);
      values.putIfAbsent("SCHWAB_TOKEN_FILE", home.simulatorToken().toString());
    }
    try {
      SchwabConfig config =
          SchwabConfig.of(
              values.getOrDefault("SCHWAB_BASE_URL", SchwabConfig.PRODUCTION),
              values.getOrDefault("SCHWAB_APP_KEY", ""),
              values.getOrDefault("SCHWAB_APP_SECRET", ""),
              values.getOrDefault("SCHWAB_CALLBACK_URL", ""),
              Path.of(values.getOrDefault("SCHWAB_TOKEN_FILE", ".kite/schwab-token.json")),
              values.get("SCHWAB_TOKEN_KEY"));
      RateBudget.Settings limits = SchwabApi.limits(config, requests);
      SchwabApi api = SchwabApi.connect(config, clock, limits, processes);
      if (api.tokens().status().state() == TokenStatus.State.MISSING
          && isLoopback(config.baseUrl().toString())) {
        api.login().withoutPerson();
      }
      return api;
    } catch (IllegalArgumentException | SchwabException e) {
      throw new CommandException(CommandException.firstLine(e), e);
    }
  }

  /**
   * These settings as the suite that ran here last took them: where it ran on its simulator,
   * nothing of a real login is left. For a command that changes something at the broker of that
   * suite.
   */
  public static Settings asLastRun(Settings settings) {
    Map<String, String> values = new HashMap<>(settings.all());
    if (!isLoopback(values.getOrDefault("SCHWAB_BASE_URL", ""))
        && simulated(settings, SuiteHome.of(settings))) {
      values.remove("SCHWAB_BASE_URL");
      values.remove("SCHWAB_ACCOUNT");
    }
    return Settings.of(values);
  }

  /** Whether this address can only be a simulator's. */
  public static boolean isLoopback(String address) {
    return address.matches("https?://(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?/?");
  }

  private static boolean simulated(Settings settings, SuiteHome home) {
    if (settings.text("DATABASE_URL").isPresent()) {
      return false;
    }
    try {
      return home.databaseName().equals(SuiteHome.SIMULATED) && home.hasData();
    } catch (IOException e) {
      throw new CommandException("cannot read " + home + ": " + e.getMessage(), e);
    }
  }
}
