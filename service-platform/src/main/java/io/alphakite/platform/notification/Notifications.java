package io.alphakite.platform.notification;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Listens to PostgreSQL notifications on one connection and one thread of its own.
 *
 * <p>After every (re)connect each listener is called once with an empty payload: something may have
 * been missed, read everything. A listener runs on the listening thread and must only set a flag or
 * offer to a queue. A listener that throws is logged and stays.
 */
public final class Notifications implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Notifications.class);
  private static final int WAIT_MILLIS = 500;
  private static final long RECONNECT_MILLIS_MAX = 5_000;
  private static final Map<String, Channel> BY_NAME =
      Stream.of(Channel.values())
          .collect(Collectors.toUnmodifiableMap(Channel::sqlName, channel -> channel));

  /** Opens a connection outside the pool: a pooled one would be shared and given back. */
  public interface ConnectionSource {
    Connection connect() throws SQLException;
  }

  private record Listener(Channel channel, Consumer<String> consumer) {}

  private final ConnectionSource source;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean connected;

  /** Starts listening; the first connection is made in the background. */
  public Notifications(ConnectionSource source, String serviceName) {
    this.source = source;
    this.thread =
        Thread.ofPlatform().name(serviceName + "-notifications").daemon(true).start(this::run);
  }

  /** Calls {@code payload} for each notification on the channel until the result is closed. */
  public AutoCloseable listen(Channel channel, Consumer<String> payload) {
    Listener listener = new Listener(channel, payload);
    listeners.add(listener);
    changes.incrementAndGet();
    return () -> listeners.remove(listener);
  }

  /** Sends at the commit of the caller's transaction (at once outside one). At most 8000 bytes. */
  public static void send(JdbcClient jdbc, Channel channel, String payload) {
    jdbc.sql("SELECT pg_notify(:channel, :payload)")
        .param("channel", channel.sqlName())
        .param("payload", payload)
        .query((row, number) -> 0)
        .list();
  }

  /** Whether notifications arrive now; polling goes on either way. */
  public boolean connected() {
    return connected;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long wait = 100;
    while (!closed) {
      try (Connection connection = source.connect()) {
        wait = 100;
        receive(connection);
      } catch (SQLException e) {
        connected = false;
        if (!closed) {
          log.atWarn()
              .addKeyValue("event", "notifications.lost")
              .log("Not listening for database notifications, polling goes on: {}", e.getMessage());
          pause(wait);
          wait = Math.min(wait * 2, RECONNECT_MILLIS_MAX);
        }
      }
    }
    connected = false;
  }

  private void receive(Connection connection) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    Set<Channel> listening = EnumSet.noneOf(Channel.class);
    int seen = -1;
    while (!closed) {
      int now = changes.get();
      if (now != seen) {
        subscribe(connection, listening);
        seen = now;
        connected = true;
      }
      PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
      if (notifications == null || notifications.length == 0) {
        // Proves the connection, since a silent one looks the same as a dead one.
        if (!connection.isValid(2)) {
          throw new SQLException("the listening connection is dead");
        }
        continue;
      }
      for (PGNotification notification : notifications) {
        Channel channel = BY_NAME.get(notification.getName());
        if (channel != null) {
          deliver(channel, notification.getParameter());
        }
      }
    }
  }

  private void subscribe(Connection connection, Set<Channel> listening) throws SQLException {
    for (Listener listener : listeners) {
      if (listening.add(listener.channel())) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("LISTEN " + listener.channel().sqlName());
        }
      }
    }
    for (Channel channel : listening) {
      deliver(channel, "");
    }
  }

  private void deliver(Channel channel, String payload) {
    for (Listener listener : listeners) {
      if (listener.channel() == channel) {
        try {
          listener.consumer().accept(payload);
        } catch (RuntimeException e) {
          log.atError()
              .setCause(e)
              .addKeyValue("event", "notifications.listener_failed")
              .addKeyValue("channel", channel.sqlName())
              .log("A listener failed");
        }
      }
    }
  }

  private void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      if (closed) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
