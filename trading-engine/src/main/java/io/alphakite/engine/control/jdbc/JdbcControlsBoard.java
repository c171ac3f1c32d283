package io.alphakite.engine.control.jdbc;

import io.alphakite.engine.control.Arming;
import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.engine.control.jpa.ControlsReader;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.version.Agreement;
import io.alphakite.platform.version.ServiceVersions;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Writes the engine's columns of {@code trading_controls}. */
@Repository
class JdbcControlsBoard implements ControlsBoard {

  private static final Logger log = LoggerFactory.getLogger(JdbcControlsBoard.class);

  private final JdbcClient jdbc;
  private final ControlsReader reader;
  private final ServiceVersions versions;

  JdbcControlsBoard(JdbcClient jdbc, ControlsReader reader, ServiceVersions versions) {
    this.jdbc = jdbc;
    this.reader = reader;
    this.versions = versions;
  }

  @Override
  @Transactional
  public void begin(TradingSettings settings) {
    int changed =
        jdbc.sql(
                """
                UPDATE trading_controls SET mode = :mode, armed = false,
                    broker = CASE :mode WHEN 'paper' THEN 'paper' ELSE 'schwab' END,
                    account_id = NULL, account_suffix = NULL, cash = NULL, buying_power = NULL,
                    broker_proven_at = NULL, updated_at = clock_timestamp(), version = version + 1
                WHERE mode <> :mode
                """)
            .param("mode", settings.mode().wire())
            .update();
    if (changed > 0) {
      Notifications.send(jdbc, Channel.CONTROLS, "");
    }
  }

  private record Before(@Nullable String hash, @Nullable String autoTrading, boolean takenOver) {}

  @Override
  @Transactional
  public Taken takeOver(TakeOver account) {
    jdbc.sql("INSERT INTO engine.accounts (account_id) VALUES (:account) ON CONFLICT DO NOTHING")
        .param("account", account.accountId())
        .update();
    Before before =
        jdbc.sql(
                """
                SELECT settings_hash, auto_trading_setting, taken_over_at IS NOT NULL FROM engine.accounts
                WHERE account_id = :account FOR UPDATE
                """)
            .param("account", account.accountId())
            .query(
                (row, number) -> new Before(row.getString(1), row.getString(2), row.getBoolean(3)))
            .single();
    String auto = Boolean.toString(account.settings().autoTrading());
    long epoch =
        jdbc.sql(
                """
                UPDATE engine.accounts SET epoch = epoch + 1, settings_hash = :hash,
                    auto_trading_setting = :auto, started_at = clock_timestamp()
                WHERE account_id = :account RETURNING epoch
                """)
            .param("hash", account.hash())
            .param("auto", auto)
            .param("account", account.accountId())
            .query(Long.class)
            .single();
    Optional<Instant> lastSeen = show(account, before, auto);
    Notifications.send(jdbc, Channel.CONTROLS, "");
    return new Taken(epoch, !before.takenOver(), lastSeen.orElse(null));
  }

  private Optional<Instant> show(TakeOver account, Before before, String auto) {
    record Was(@Nullable String accountId, boolean armed, @Nullable OffsetDateTime seen) {}
    Was was =
        jdbc.sql("SELECT account_id, armed, engine_seen_at FROM trading_controls FOR UPDATE")
            .query(
                (row, number) ->
                    new Was(
                        row.getString(1),
                        row.getBoolean(2),
                        row.getObject(3, OffsetDateTime.class)))
            .single();
    // Another account's arming says nothing about this one.
    boolean sameAccount = account.accountId().equals(was.accountId());
    boolean armed =
        Arming.afterStart(
            sameAccount ? before.hash() : null,
            account.hash(),
            sameAccount && was.armed(),
            account.simulated(),
            account.settings().armed());
    String misfit = armed ? misfit(account.simulated()) : null;
    if (misfit != null) {
      armed = false;
      log.atWarn()
          .addKeyValue("event", "engine.disarmed")
          .log("Not armed after this start: {}", misfit);
    }
    boolean autoChanged = !auto.equals(before.autoTrading());
    jdbc.sql(
            """
            UPDATE trading_controls SET mode = :mode, broker = :broker, account_id = :account,
                account_suffix = nullif(:suffix, ''), armed = :armed,
                auto_trading = CASE WHEN :autoChanged THEN :auto ELSE auto_trading END,
                auto_trading_quantity = :quantity, settings_hash = :hash, limits = cast(:limits AS jsonb),
                updated_at = clock_timestamp(), version = version + 1
            """)
        .param("mode", account.settings().mode().wire())
        .param("broker", account.broker())
        .param("account", account.accountId())
        .param("suffix", account.accountSuffix())
        .param("armed", armed)
        .param("autoChanged", autoChanged)
        .param("auto", account.settings().autoTrading())
        .param("quantity", account.settings().autoTradingQuantity())
        .param("hash", account.hash())
        .param("limits", account.limits())
        .update();
    log.atInfo()
        .addKeyValue("event", "engine.account_taken")
        .addKeyValue("broker", account.broker())
        .addKeyValue("mode", account.settings().mode().wire())
        .addKeyValue("armed", armed)
        .log("Trading {} with {}", account.settings().mode().wire(), account.broker());
    return Optional.ofNullable(was.seen()).map(OffsetDateTime::toInstant);
  }

  /**
   * Why nobody may be armed now; null when somebody may. A service that only has not come back yet
   * is waited for: what it says then counts ({@code VersionWatch}).
   */
  private @Nullable String misfit(boolean simulated) {
    Agreement agreement = versions.agreement();
    if (!agreement.incompatible().isEmpty()) {
      return agreement.incompatible().getFirst();
    }
    return simulated || agreement.missing().isEmpty()
        ? null
        : "never heard of: " + String.join(", ", agreement.missing());
  }

  @Override
  public void alive(Instant now, @Nullable Instant provenAt) {
    jdbc.sql(
            """
            UPDATE trading_controls SET engine_seen_at = :now,
                broker_proven_at = coalesce(cast(:proven AS timestamptz), broker_proven_at)
            """)
        .param("now", sql(now))
        .param("proven", provenAt == null ? null : sql(provenAt))
        .update();
  }

  @Override
  @Transactional
  public void money(@Nullable BigDecimal cash, @Nullable BigDecimal buyingPower) {
    int changed =
        jdbc.sql(
                """
                UPDATE trading_controls SET cash = :cash, buying_power = :power, updated_at = clock_timestamp()
                WHERE (cash, buying_power) IS DISTINCT FROM
                      (cast(:cash AS numeric), cast(:power AS numeric))
                """)
            .param("cash", cash)
            .param("power", buyingPower)
            .update();
    if (changed > 0) {
      Notifications.send(jdbc, Channel.POSITIONS, "*");
    }
  }

  @Override
  public Controls controls() {
    return reader.controls();
  }

  @Override
  public @Nullable String accountId() {
    return reader.accountId();
  }

  private static OffsetDateTime sql(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
