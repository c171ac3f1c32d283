package io.alphakite.platform.alert;

import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * One service's open alarms, in the table {@code alerts}. It is told what holds now; what is new is
 * raised, what holds no longer is cleared, and each change is one NOTIFY. What a crashed run left
 * open is taken over, or cleared when its cause is gone. Used by one thread.
 */
public final class AlertBook {
  private static final Logger log = LoggerFactory.getLogger(AlertBook.class);

  /** More at once are not told apart: the first ones say what is wrong. */
  private static final int OPEN_MAX = 200;

  private final JdbcClient jdbc;
  private final String service;
  private final Duration hold;
  private final Map<String, Open> open = new HashMap<>();
  private boolean read;

  private static final class Open {
    private final long id;
    private String told;
    private long goneAtNanos;
    private boolean gone;

    Open(long id, String told) {
      this.id = id;
      this.told = told;
    }
  }

  /**
   * Reads what is open at the first {@link #hold}.
   *
   * @param service whose alarms
   * @param hold an alarm is cleared when its cause has been away for so long: one that comes and
   *     goes is one alarm
   */
  public AlertBook(JdbcClient jdbc, String service, Duration hold) {
    this.jdbc = jdbc;
    this.service = service;
    this.hold = hold;
  }

  /** These hold now, and no others. Of two with the same code and ticker the first counts. */
  public void hold(Collection<Alarm> alarms) {
    readOpen();
    Map<String, Alarm> now = new LinkedHashMap<>();
    for (Alarm alarm : alarms) {
      if (now.size() < OPEN_MAX) {
        now.putIfAbsent(alarm.key(), alarm);
      }
    }
    try {
      now.forEach(this::raise);
      Set<String> gone = new HashSet<>(open.keySet());
      gone.removeAll(now.keySet());
      gone.forEach(this::clear);
    } catch (RuntimeException e) {
      // What was written is not known any more.
      read = false;
      throw e;
    }
  }

  private void readOpen() {
    if (read) {
      return;
    }
    open.clear();
    jdbc.sql(
            "SELECT id, code, coalesce(ticker, '') AS ticker FROM alerts"
                + " WHERE service = :service AND cleared_at IS NULL")
        .param("service", service)
        .query(
            row -> {
              open.put(
                  row.getString("code") + '|' + row.getString("ticker"),
                  new Open(row.getLong("id"), ""));
            });
    read = true;
  }

  private void raise(String key, Alarm alarm) {
    String telling = alarm.severity().label() + alarm.message() + alarm.hint();
    Open known = open.get(key);
    if (known == null) {
      long id =
          jdbc.sql(
                  """
                  INSERT INTO alerts (service, code, severity, ticker, message, hint)
                  VALUES (:service, :code, :severity, :ticker, :message, :hint) RETURNING id
                  """)
              .param("service", service)
              .param("code", alarm.code())
              .param("severity", alarm.severity().label())
              .param("ticker", alarm.ticker(), java.sql.Types.VARCHAR)
              .param("message", alarm.message())
              .param("hint", alarm.hint(), java.sql.Types.VARCHAR)
              .query(Long.class)
              .single();
      open.put(key, new Open(id, telling));
      tell(id);
      log.atWarn()
          .addKeyValue("event", "alarm.raised")
          .addKeyValue("code", alarm.code())
          .addKeyValue("ticker", alarm.ticker())
          .log("Alarm: {}", alarm.message());
      return;
    }
    known.gone = false;
    if (!known.told.equals(telling)) {
      jdbc.sql(
              "UPDATE alerts SET severity = :severity, message = :message, hint = :hint WHERE id ="
                  + " :id")
          .param("severity", alarm.severity().label())
          .param("message", alarm.message())
          .param("hint", alarm.hint(), java.sql.Types.VARCHAR)
          .param("id", known.id)
          .update();
      known.told = telling;
      tell(known.id);
    }
  }

  private void clear(String key) {
    Open known = open.get(key);
    if (known == null) {
      return;
    }
    long now = System.nanoTime();
    if (!known.gone) {
      known.gone = true;
      known.goneAtNanos = now;
    }
    if (now - known.goneAtNanos >= hold.toNanos()) {
      jdbc.sql("UPDATE alerts SET cleared_at = greatest(now(), at) WHERE id = :id")
          .param("id", known.id)
          .update();
      open.remove(key);
      tell(known.id);
      log.atInfo()
          .addKeyValue("event", "alarm.cleared")
          .addKeyValue("alarm", key)
          .log("The alarm's cause is gone");
    }
  }

  private void tell(long id) {
    Notifications.send(jdbc, Channel.ALERTS, Long.toString(id));
  }
}
