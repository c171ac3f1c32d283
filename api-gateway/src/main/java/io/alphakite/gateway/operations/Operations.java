package io.alphakite.gateway.operations;

import io.alphakite.gateway.alert.AlertView;
import io.alphakite.gateway.alert.Alerts;
import io.alphakite.gateway.market.MarketSettings;
import io.alphakite.gateway.operations.OperationViews.Database;
import io.alphakite.gateway.operations.OperationViews.Engine;
import io.alphakite.gateway.operations.OperationViews.Feed;
import io.alphakite.gateway.operations.OperationViews.Gateway;
import io.alphakite.gateway.operations.OperationViews.Note;
import io.alphakite.gateway.operations.OperationViews.Service;
import io.alphakite.gateway.operations.OperationViews.Session;
import io.alphakite.gateway.operations.OperationViews.StreamingHealth;
import io.alphakite.gateway.operations.OperationViews.SystemStatus;
import io.alphakite.gateway.operations.OperationViews.Trading;
import io.alphakite.gateway.operations.OperationViews.Versions;
import io.alphakite.gateway.trade.Controls;
import io.alphakite.gateway.trade.TradeViews.ControlsView;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.platform.time.MarketClockSettings;
import io.alphakite.platform.version.BuildVersion;
import io.alphakite.platform.version.ServiceVersions;
import java.lang.management.ManagementFactory;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks at everything a person would ask about first, and says it in words. */
@org.springframework.stereotype.Service
class Operations {
  /** Liquid tickers have a quote every few seconds; half a minute without one is a fault. */
  static final Duration FEED_SILENCE_MAX = Duration.ofSeconds(30);

  /** The engine writes its heartbeat every few seconds. */
  static final Duration ENGINE_SILENCE_MAX = Duration.ofSeconds(15);

  private static final Instant FIRST_SESSIONS = Instant.parse("1990-01-10T00:00:00Z");
  // Of thousands of tickers a person reads the first.
  private static final int SILENT_NOTES_MAX = 20;
  private static final List<String> LEVELS = List.of("error", "warning", "info");

  private final JdbcClient jdbc;
  private final Controls controls;
  private final Alerts alerts;
  private final MarketClock clock;
  private final InstantSource wall;
  private final MarketCalendar calendar;
  private final TradingHours hours;
  private final Notifications notifications;
  private final ServiceVersions versions;
  private final boolean feedClock;

  Operations(
      JdbcClient jdbc,
      Controls controls,
      Alerts alerts,
      MarketClock clock,
      InstantSource wall,
      MarketCalendar calendar,
      MarketSettings market,
      Notifications notifications,
      ServiceVersions versions,
      Settings settings) {
    this.jdbc = jdbc;
    this.controls = controls;
    this.alerts = alerts;
    this.clock = clock;
    this.wall = wall;
    this.calendar = calendar;
    this.hours = market.hours();
    this.notifications = notifications;
    this.versions = versions;
    this.feedClock = MarketClockSettings.from(settings) == MarketClockSettings.FEED;
  }

  List<StreamingHealth> streaming(@Nullable String ticker) {
    return jdbc.sql("SELECT * FROM get_streaming_health(:ticker)")
        .param("ticker", ticker, java.sql.Types.VARCHAR)
        .query(
            (row, number) ->
                new StreamingHealth(
                    row.getString("ticker"),
                    instant(row.getTimestamp("last_update")),
                    row.getLong("records_last_hour"),
                    row.getBigDecimal("avg_batch_size"),
                    row.getBigDecimal("error_rate"),
                    row.getString("status")))
        .list();
  }

  SystemStatus status() {
    Database database = database();
    Instant now = wall.instant();
    Instant reached = clock.now();
    Instant marketTime = reached.equals(Instant.EPOCH) ? null : reached;
    boolean open = isOpen(reached);
    List<Feed> feed = feed();
    ControlsView trading = controls.read();
    Engine engine = engine(trading.engineSeenAt(), now);
    long openTrades = count("status NOT IN ('filled', 'canceled', 'rejected', 'expired')");
    long unknownTrades = count("status = 'unknown'");
    List<Note> notes = new ArrayList<>();
    notesOnFeed(feed, marketTime, notes);
    notesOnAlarms(alerts.open(), notes);
    notesOnRefused(notes);
    long openGaps = notesOnGaps(notes);
    notesOnTrading(trading, engine, unknownTrades, notes);
    notesOnBroker(trading, engine, notes);
    versions
        .agreement()
        .incompatible()
        .forEach(misfit -> notes.add(new Note("error", "versions", misfit)));
    if (!notifications.connected()) {
      notes.add(
          new Note(
              "warning",
              "database",
              "Not listening for notifications: the page is up to a second late."));
    }
    notes.sort(Comparator.comparing(note -> LEVELS.indexOf(note.level())));
    String worst = notes.isEmpty() ? "info" : notes.getFirst().level();
    return new SystemStatus(
        worst.equals("info") ? "ok" : worst,
        feedClock ? "feed" : "wall",
        marketTime,
        now,
        open,
        session(reached),
        feed.stream().map(Feed::ticker).toList(),
        feed,
        openGaps,
        engine,
        trading.brokerProvenAt(),
        new Trading(
            trading.mode(),
            trading.broker(),
            trading.armed(),
            trading.autoTrading(),
            trading.state(),
            trading.stateReason(),
            openTrades,
            unknownTrades,
            count(
                "unprotected IS DISTINCT FROM unprotected_accepted AND unprotected IS NOT NULL"
                    + " AND account_id = (SELECT account_id FROM trading_controls)")),
        database,
        new Gateway(
            BuildVersion.get(),
            Runtime.version().toString(),
            ManagementFactory.getRuntimeMXBean().getUptime() / 1000,
            notifications.connected()),
        services(feed, engine),
        notes);
  }

  /** The tickers streamed now, and how fresh each is. */
  List<Feed> feed() {
    Instant now = wall.instant();
    boolean open = isOpen(clock.now());
    return jdbc.sql(
            """
            SELECT t.ticker, q.quote_time, q.received_at, e.timestamp AS newest
            FROM tickers t
            LEFT JOIN quotes q ON q.ticker = t.ticker
            LEFT JOIN LATERAL (SELECT timestamp FROM equity_data WHERE ticker = t.ticker
                               ORDER BY timestamp DESC LIMIT 1) e ON true
            WHERE t.streamed
            ORDER BY t.ticker
            """)
        .query(
            (row, number) -> {
              Instant received = instant(row.getTimestamp("received_at"));
              Long age = received == null ? null : seconds(received, now);
              boolean fresh = !open || (age != null && age <= FEED_SILENCE_MAX.toSeconds());
              return new Feed(
                  row.getString("ticker"),
                  instant(row.getTimestamp("newest")),
                  instant(row.getTimestamp("quote_time")),
                  received,
                  age,
                  fresh);
            })
        .list();
  }

  Engine engine() {
    return engine(controls.read().engineSeenAt(), wall.instant());
  }

  private static Engine engine(@Nullable Instant seenAt, Instant now) {
    Long age = seenAt == null ? null : seconds(seenAt, now);
    return new Engine(seenAt, age, age != null && age <= ENGINE_SILENCE_MAX.toSeconds());
  }

  private Database database() {
    long start = System.nanoTime();
    String version = jdbc.sql("SHOW server_version").query(String.class).single();
    long latency = (System.nanoTime() - start) / 1_000_000;
    return new Database("up", version, schemaVersion(), latency);
  }

  private String schemaVersion() {
    boolean readable =
        jdbc.sql("SELECT has_table_privilege('flyway_schema_history', 'SELECT')")
            .query(Boolean.class)
            .single();
    return readable
        ? jdbc.sql(
                "SELECT version FROM flyway_schema_history WHERE success AND version IS NOT NULL"
                    + " ORDER BY installed_rank DESC LIMIT 1")
            .query(String.class)
            .single()
        : "unknown";
  }

  private long count(String condition) {
    return jdbc.sql("SELECT count(*) FROM trades WHERE " + condition).query(Long.class).single();
  }

  private boolean isOpen(Instant market) {
    return market.isAfter(FIRST_SESSIONS) && calendar.isOpen(market, hours);
  }

  private @Nullable Session session(Instant market) {
    if (market.isBefore(FIRST_SESSIONS)) {
      return null;
    }
    LocalDate date = calendar.dateOf(market);
    TradingSession session =
        calendar
            .session(date)
            .filter(today -> market.isBefore(today.postMarketClose()))
            .orElseGet(() -> calendar.nextSession(date));
    return new Session(session.date(), session.open(), session.close(), session.earlyClose());
  }

  private static void notesOnFeed(List<Feed> feed, @Nullable Instant marketTime, List<Note> notes) {
    if (feed.isEmpty()) {
      notes.add(
          new Note("error", "feed", "No ticker is streamed: is the streaming service running?"));
    } else if (marketTime == null) {
      notes.add(new Note("warning", "feed", "The feed has not shown anything yet."));
    }
    List<Feed> silent = feed.stream().filter(ticker -> !ticker.fresh()).toList();
    if (silent.size() > SILENT_NOTES_MAX) {
      notes.add(
          new Note(
              "error",
              "feed",
              (silent.size() - SILENT_NOTES_MAX)
                  + " more tickers are silent than are named here."));
    }
    for (Feed ticker : silent.subList(0, Math.min(SILENT_NOTES_MAX, silent.size()))) {
      notes.add(
          new Note(
              "error",
              "feed " + ticker.ticker(),
              ticker.receivedSecondsAgo() == null
                  ? "Nothing has ever arrived."
                  : "Nothing has arrived for " + ticker.receivedSecondsAgo() + " s."));
    }
  }

  /** Wanted, but not streamed: the streaming service says why. */
  private void notesOnRefused(List<Note> notes) {
    jdbc.sql(
            """
            SELECT count(*) AS refused, min(ticker) AS first, (array_agg(reason ORDER BY ticker))[1] AS reason
            FROM tickers WHERE wanted AND status = 'refused'
            """)
        .query(
            (row, number) -> {
              long refused = row.getLong("refused");
              if (refused > 0) {
                String others = refused == 1 ? "" : " and " + (refused - 1) + " more";
                notes.add(
                    new Note(
                        "warning",
                        "tickers",
                        row.getString("first")
                            + others
                            + " cannot be streamed: "
                            + row.getString("reason")
                            + ". GET /v1/tickers lists them."));
              }
              return refused;
            })
        .list();
  }

  private static void notesOnAlarms(List<AlertView> open, List<Note> notes) {
    for (AlertView alert : open) {
      String level = alert.severity().equals("critical") ? "error" : alert.severity();
      String hint = alert.hint() == null ? "" : " " + alert.hint();
      notes.add(new Note(level, "alarm", alert.message() + hint));
    }
  }

  /** Gaps that are not closed: their tickers' indicators may lack minutes. */
  private long notesOnGaps(List<Note> notes) {
    return jdbc.sql(
            "SELECT count(*) AS gaps, min(ticker) AS first, count(DISTINCT ticker) AS tickers"
                + " FROM data_gaps WHERE state = 'open'")
        .query(
            (row, number) -> {
              long gaps = row.getLong("gaps");
              long others = row.getLong("tickers") - 1;
              if (gaps > 0) {
                notes.add(
                    new Note(
                        "warning",
                        "gaps",
                        "The stream of "
                            + row.getString("first")
                            + (others == 0 ? "" : " and of " + others + " more")
                            + " has gaps that are not repaired yet: GET /v1/gaps?state=open."));
              }
              return gaps;
            })
        .single();
  }

  private static void notesOnTrading(
      ControlsView trading, Engine engine, long unknownTrades, List<Note> notes) {
    if (!engine.alive()) {
      notes.add(
          new Note(
              "error",
              "engine",
              engine.seenAt() == null
                  ? "The trading engine was never seen: nothing will be traded."
                  : "The trading engine was last seen "
                      + engine.seenSecondsAgo()
                      + " s ago: nothing is traded."));
    }
    if (unknownTrades > 0) {
      notes.add(
          new Note(
              "error",
              "trades",
              unknownTrades
                  + (unknownTrades == 1 ? " trade has" : " trades have")
                  + " an unknown outcome; their tickers stay blocked until it is found out."));
    }
    if (!trading.state().equals("active")) {
      notes.add(
          new Note(
              "warning",
              "trading",
              "Trading is "
                  + trading.state().replace('_', ' ')
                  + (trading.stateReason() == null ? "." : ": " + trading.stateReason() + ".")));
    }
    if (trading.mode().equals("live") && !trading.armed()) {
      notes.add(
          new Note("info", "trading", "Live but not armed: orders that add risk are denied."));
    }
  }

  private void notesOnBroker(ControlsView trading, Engine engine, List<Note> notes) {
    List<String> differences =
        jdbc.sql(
                """
                SELECT ours || ' ' || symbol || ' here, ' || theirs || ' there' FROM engine.position_differences
                WHERE account_id = (SELECT account_id FROM trading_controls) ORDER BY symbol
                """)
            .query(String.class)
            .list();
    if (!differences.isEmpty()) {
      notes.add(
          new Note(
              "warning",
              "broker",
              "Differs from the broker: " + String.join("; ", differences) + "."));
    } else if (trading.brokerProvenAt() == null && engine.alive()) {
      notes.add(
          new Note(
              "warning", "broker", "Not yet proven equal to the broker since the last start."));
    }
  }

  private Map<String, Service> services(List<Feed> feed, Engine engine) {
    Map<String, Versions> said = new HashMap<>();
    versions
        .all()
        .forEach(
            each ->
                said.put(
                    each.service(),
                    new Versions(
                        each.build(),
                        each.schema(),
                        each.contract(),
                        each.contractOldest(),
                        each.secondsAgo())));
    long stale = feed.stream().filter(ticker -> !ticker.fresh()).count();
    Map<String, Service> services = new LinkedHashMap<>();
    services.put(
        "streaming-service",
        feed.isEmpty()
            ? new Service("DOWN", "no ticker is streamed", said.get("streaming-service"))
            : new Service(
                stale == 0 ? "UP" : "DEGRADED",
                String.format(
                    Locale.ROOT, "%d of %d tickers fresh", feed.size() - stale, feed.size()),
                said.get("streaming-service")));
    services.put(
        "trading-engine",
        new Service(
            engine.alive() ? "UP" : "DOWN",
            engine.seenSecondsAgo() == null
                ? "never seen"
                : "seen " + engine.seenSecondsAgo() + " s ago",
            said.get("trading-engine")));
    services.put("api-gateway", new Service("UP", "answers", said.get("api-gateway")));
    return services;
  }

  private static long seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toSeconds());
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
