package io.alphakite.engine.broker.config;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.engine.broker.BrokerConnector;
import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.schwab.SchwabBroker;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.Status;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.http.Endpoint;
import io.alphakite.schwab.http.RateBudget;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.trader.AccountNumber;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Finds the account at Schwab, or at whatever answers in its place. */
final class SchwabConnector implements BrokerConnector, AutoCloseable {

  /** The engine's share of what one app may ask of Schwab; the streaming service has the rest. */
  private static final int REQUESTS_PER_MINUTE = 80;

  private final SchwabConfig config;
  private final RateBudget.Settings limits;
  private final @Nullable String wantedAccount;
  private final InstantSource wall;
  private final RefreshLock processes;
  private volatile @Nullable SchwabApi api;

  private SchwabConnector(
      SchwabConfig config,
      RateBudget.Settings limits,
      @Nullable String account,
      InstantSource wall,
      RefreshLock processes) {
    this.config = config;
    this.limits = limits;
    this.wantedAccount = account;
    this.wall = wall;
    this.processes = processes;
  }

  static SchwabConnector of(Settings settings, InstantSource wall, DataSource database) {
    try {
      SchwabConfig config =
          SchwabConfig.of(
              settings.text("SCHWAB_BASE_URL", SchwabConfig.PRODUCTION),
              settings.required("SCHWAB_APP_KEY", "live trading logs in with it"),
              settings.required("SCHWAB_APP_SECRET", "live trading logs in with it"),
              settings.text("SCHWAB_CALLBACK_URL", "https://127.0.0.1"),
              Path.of(settings.text("SCHWAB_TOKEN_FILE", ".kite/schwab-token.json")),
              settings.text("SCHWAB_TOKEN_KEY").orElse(null));
      RateBudget.Settings limits = SchwabApi.limits(config, REQUESTS_PER_MINUTE);
      return new SchwabConnector(
          config,
          limits
              .withRequestsPerMinute(
                  settings.integer(
                      "SCHWAB_ENGINE_REQUESTS_PER_MINUTE", limits.requestsPerMinute(), 1, 60_000))
              .withOrdersPerMinute(
                  settings.integer(
                      "SCHWAB_ORDERS_PER_MINUTE", limits.ordersPerMinute(), 0, 60_000)),
          settings.text("SCHWAB_ACCOUNT").orElse(null),
          wall,
          new AdvisoryLock(database::getConnection, AdvisoryLock.SCHWAB_TOKENS)::acquire);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public synchronized BrokerLink connect() {
    try {
      SchwabApi schwab = api == null ? SchwabApi.connect(config, wall, limits, processes) : api;
      api = schwab;
      AccountNumber account = choose(schwab.trader().accountNumbers());
      schwab.expectOrders();
      String name = schwab.simulator() ? "simulator" : "schwab";
      return new BrokerLink(
          name,
          name + ":" + account.lastFour(),
          account.lastFour(),
          Endpoint.isLoopback(config.baseUrl()),
          new SchwabBroker(schwab.trader(), account.hash()),
          BrokerLink.ELSEWHERE);
    } catch (SchwabException e) {
      throw new BrokerUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Optional<Duration> clockSkew() {
    return api().flatMap(SchwabApi::clockSkew);
  }

  /** At the engine's end: no connection waits for orders any more. */
  @Override
  public synchronized void close() {
    api().ifPresent(SchwabApi::close);
  }

  /** The connection; empty before the first. */
  Optional<SchwabApi> api() {
    return Optional.ofNullable(api);
  }

  /** How the login stands, as far as is known without asking anybody. */
  synchronized CheckResult token() {
    SchwabApi schwab = api;
    if (schwab == null) {
      return CheckResult.degraded("the token file was not opened yet");
    }
    TokenStatus token = schwab.tokens().status();
    Instant now = wall.instant();
    Map<String, Object> details = new LinkedHashMap<>();
    token.note(now).ifPresent(note -> details.put("note", note));
    if (token.loginEndsAt() != null) {
      details.put("login_ends_at", token.loginEndsAt());
    }
    Status status =
        switch (token.outlook(now)) {
          case GOOD -> Status.UP;
          case WORRYING -> Status.DEGRADED;
          case OVER -> Status.DOWN;
        };
    return new CheckResult(status, details);
  }

  private AccountNumber choose(List<AccountNumber> accounts) {
    return accounts.stream()
        .filter(account -> wantedAccount == null || account.number().equals(wantedAccount))
        .findFirst()
        .orElseThrow(
            () ->
                new BrokerUnavailableException(
                    wantedAccount == null
                        ? "the login has no account"
                        : "SCHWAB_ACCOUNT is not one of the login's accounts",
                    null));
  }
}
