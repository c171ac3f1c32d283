package io.alphakite.gateway.trade;

import io.alphakite.gateway.trade.TradeViews.ControlsView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Decimal;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.version.Agreement;
import io.alphakite.platform.version.ServiceVersions;
import io.alphakite.platform.web.RequestIdFilter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What a person decides about trading. The engine obeys what is written here. */
@Service
public class Controls {
  private static final Logger log = LoggerFactory.getLogger(Controls.class);

  /** What the engine writes for a halt file that it cannot look for. */
  private static final String UNREADABLE = "unreadable";

  /** Who halted by a file that the engine wrote for the database: it lets closing orders pass. */
  private static final String KILL_SWITCH = "the kill switch";

  private static final Duration FILE_GONE_MAX = Duration.ofSeconds(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(25);
  private static final Duration ENGINE_SILENCE = Duration.ofSeconds(10);

  private final ControlsRow row;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final JsonMapper json;
  private final InstantSource wall;
  private final ServiceVersions versions;

  Controls(
      ControlsRow row,
      JdbcClient jdbc,
      TransactionTemplate transaction,
      JsonMapper json,
      InstantSource wall,
      ServiceVersions versions) {
    this.row = row;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.json = json;
    this.wall = wall;
    this.versions = versions;
  }

  /** As they are. */
  public ControlsView read() {
    TradingControls controls = current();
    Map<String, Object> limits = json.readValue(controls.limits, new TypeReference<>() {});
    limits.values().removeIf(java.util.Objects::isNull);
    return new ControlsView(
        controls.mode,
        controls.broker,
        controls.armed,
        controls.autoTrading,
        Decimal.quantity(controls.autoTradingQuantity),
        controls.state,
        controls.stateReason,
        controls.halt(),
        haltVersion(controls),
        controls.confirmRequired(),
        limits,
        controls.brokerProvenAt,
        controls.engineSeenAt,
        controls.updatedAt);
  }

  /**
   * Changes what is given.
   *
   * @throws ApiException 409 for another mode, for ending a halt that is not the one that was shown
   *     or that nobody can end from here, when the halt file stays, and for arming while the
   *     services do not fit together; 422 for arming without the account's last four
   */
  void change(Change change, String principal) {
    write(change, principal);
    if (change.endsHalt()) {
      awaitFileGone();
    }
  }

  private void write(Change change, String principal) {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("SELECT id FROM trading_controls FOR UPDATE").query(Integer.class).single();
          TradingControls controls = current();
          if (change.mode() != null && !change.mode().equals(controls.mode)) {
            throw ApiException.conflict(
                "mode_is_fixed",
                "The mode is " + controls.mode + " until the engine starts with another.",
                "Set TRADING_MODE and restart.");
          }
          if (change.endsHalt()
              && change.haltVersion() != null
              && !change.haltVersion().equals(haltVersion(controls))) {
            throw ApiException.conflict(
                "halted_again",
                "Somebody has halted since: "
                    + Objects.requireNonNullElse(controls.stateReason, ""),
                "Read the controls again, then resume with their halt_version.");
          }
          if (change.endsHalt() && UNREADABLE.equals(controls.haltId)) {
            throw ApiException.conflict(
                "halt_unreadable",
                "The engine cannot look for its halt file: " + controls.haltReason,
                "Mend the folder of HALT_FILE on the engine's machine, then resume.");
          }
          if (Boolean.TRUE.equals(change.armed())) {
            requireFit(versions.agreement(), controls.confirmRequired());
          }
          if (Boolean.TRUE.equals(change.armed()) && controls.confirmRequired()) {
            confirm(change.confirm(), controls.accountSuffix);
          }
          jdbc.sql(
                  """
                  UPDATE trading_controls
                  SET armed = coalesce(:armed, armed), auto_trading = coalesce(:auto, auto_trading),
                      state = coalesce(:state, state),
                      state_reason = CASE WHEN :state::text IS NULL THEN state_reason
                                          WHEN :state = 'active' THEN NULL ELSE 'set by a person' END,
                      -- The halt that the person was shown, file included; one that came since stays.
                      halt_cleared = CASE WHEN :ends THEN coalesce(halt_id, halt_cleared) ELSE halt_cleared END,
                      updated_at = now(), version = version + 1
                  """)
              .param("armed", change.armed(), java.sql.Types.BOOLEAN)
              .param("auto", change.autoTrading(), java.sql.Types.BOOLEAN)
              .param("state", change.state(), java.sql.Types.VARCHAR)
              .param("ends", change.endsHalt())
              .update();
          Notifications.send(jdbc, Channel.CONTROLS, "");
          log.atInfo()
              .addKeyValue("event", "controls.changed")
              .addKeyValue("armed", change.armed())
              .addKeyValue("auto_trading", change.autoTrading())
              .addKeyValue("state", change.state())
              .addKeyValue("principal", principal)
              .log("Trading controls changed");
        });
  }

  /** The engine takes its file away at once; an order asked for after this shall not meet it. */
  private void awaitFileGone() {
    long end = System.nanoTime() + FILE_GONE_MAX.toNanos();
    while (System.nanoTime() < end) {
      TradingControls now = current();
      boolean engine =
          now.engineSeenAt != null
              && now.engineSeenAt.isAfter(wall.instant().minus(ENGINE_SILENCE));
      if (now.haltId == null || !engine) {
        return;
      }
      LockSupport.parkNanos(LOOK_AGAIN.toNanos());
    }
    throw ApiException.conflict(
        "halt_file_stays",
        "The engine has not taken the halt file away: nothing is sent while it is there.",
        "./kite resume on the engine's machine, or see the engine's log.");
  }

  /** Another after each halt: what a person is shown, and ends. */
  private String haltVersion(TradingControls controls) {
    long kill =
        jdbc.sql("SELECT coalesce(max(id), 0) FROM trading_commands WHERE command = 'kill'")
            .query(Long.class)
            .single();
    return kill + (controls.haltId == null ? "" : "/" + controls.haltId);
  }

  /**
   * Halts at once; the engine cancels what works and, if asked, closes what is held.
   *
   * @throws ApiException 409 when it is halted and canceled, but a person's halt file keeps what is
   *     held from being closed
   */
  void kill(boolean flatten, String principal) {
    TradingControls before = current();
    boolean refused = flatten && before.haltId != null && !KILL_SWITCH.equals(before.haltBy);
    halt(flatten && !refused, principal);
    if (refused) {
      throw ApiException.conflict(
          "closing_halted",
          "Halted, and what works is canceled. Nothing is closed: the halt file of "
              + before.haltBy
              + " stops closing orders too.",
          "PATCH {\"state\":\"reduce_only\"} takes the file away and lets you close by orders.");
    }
  }

  private void halt(boolean flatten, String principal) {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql(
                  """
                  UPDATE trading_controls SET state = 'halted', state_reason = 'kill switch', updated_at = now(),
                                              version = version + 1
                  """)
              .update();
          jdbc.sql(
                  "INSERT INTO trading_commands (command, flatten, request_id) VALUES ('kill', :flatten, :request)")
              .param("flatten", flatten)
              .param("request", RequestIdFilter.current())
              .update();
          Notifications.send(jdbc, Channel.CONTROLS, "");
        });
    log.atWarn()
        .addKeyValue("event", "trading.killed")
        .addKeyValue("flatten", flatten)
        .addKeyValue("principal", principal)
        .log("Trading halted by the kill switch");
  }

  private TradingControls current() {
    return row.findById(TradingControls.ONLY_ID)
        .orElseThrow(() -> new IllegalStateException("trading_controls has lost its row"));
  }

  /** Against a real broker a service that says nothing counts as one that does not fit. */
  private static void requireFit(Agreement agreement, boolean real) {
    if (!agreement.incompatible().isEmpty()) {
      throw ApiException.conflict(
          "services_incompatible",
          "The services do not fit together: " + String.join(" ", agreement.incompatible()),
          "GET /v1/system/status has each one's versions.");
    }
    if (real && !(agreement.missing().isEmpty() && agreement.silent().isEmpty())) {
      throw ApiException.conflict(
          "services_unknown",
          "Whether the services fit together cannot be told: nothing is heard of "
              + Stream.concat(agreement.missing().stream(), agreement.silent().stream())
                  .collect(Collectors.joining(", "))
              + ".",
          "Start what does not run, and arm half a minute later.");
    }
  }

  private static void confirm(@Nullable String given, @Nullable String suffix) {
    if (suffix == null) {
      throw ApiException.conflict(
          "account_unknown",
          "The engine has not yet learnt which account it trades in.",
          "Wait until broker_proven_at is set.");
    }
    boolean right =
        given != null
            && MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), suffix.getBytes(StandardCharsets.UTF_8));
    if (!right) {
      throw ApiException.unprocessable(
          "confirmation_needed",
          "Arming against a real broker needs \"confirm\" with the last four of the account.",
          null);
    }
  }

  /** What to change; null leaves things as they are. */
  record Change(
      @Nullable String mode,
      @Nullable Boolean armed,
      @Nullable Boolean autoTrading,
      @Nullable String state,
      @Nullable String confirm,
      @Nullable String haltVersion) {

    /** Whether a halt would be over. */
    boolean endsHalt() {
      return state != null && !state.equals("halted");
    }
  }
}
