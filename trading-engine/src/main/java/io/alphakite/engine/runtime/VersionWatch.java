package io.alphakite.engine.runtime;

import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.version.ServiceVersions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Disarms when a service comes up that does not fit the others; only a person arms again. */
final class VersionWatch implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(VersionWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final ServiceVersions versions;
  private final JdbcClient jdbc;
  private volatile List<String> incompatible = List.of();
  private @Nullable Loop loop;

  VersionWatch(ServiceVersions versions, JdbcClient jdbc) {
    this.versions = versions;
    this.jdbc = jdbc;
  }

  /** What does not fit, a sentence each, as last seen. */
  List<String> incompatible() {
    return incompatible;
  }

  private Duration round() {
    List<String> found = versions.agreement().incompatible();
    incompatible = found;
    if (!found.isEmpty()
        && jdbc.sql(
                    """
                    UPDATE trading_controls SET armed = false, updated_at = clock_timestamp(),
                        version = version + 1
                    WHERE armed
                    """)
                .update()
            > 0) {
      Notifications.send(jdbc, Channel.CONTROLS, "");
      log.atError()
          .addKeyValue("event", "engine.disarmed")
          .log("Disarmed, the services do not fit together: {}", String.join(" ", found));
    }
    return LOOK;
  }

  @Override
  public void start() {
    loop = new Loop("versions", Duration.ofMillis(20), this::round, failure -> {}).start();
  }

  @Override
  public void stop() {
    if (loop != null) {
      loop.close();
    }
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }
}
