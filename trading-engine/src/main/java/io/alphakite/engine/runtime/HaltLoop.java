package io.alphakite.engine.runtime;

import io.alphakite.engine.halt.HaltWatch;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Watches the halt file from the start on, whether or not there is a broker to trade with. */
final class HaltLoop implements SmartLifecycle {

  private static final Duration LOOK = Duration.ofMillis(500);

  private final HaltWatch watch;
  private final Notifications notifications;
  private @Nullable Loop loop;
  private @Nullable AutoCloseable listener;

  HaltLoop(HaltWatch watch, Notifications notifications) {
    this.watch = watch;
    this.notifications = notifications;
  }

  @Override
  public void start() {
    Loop started = new Loop("halt", Duration.ofMillis(20), this::round, failure -> {});
    loop = started;
    listener = notifications.listen(Channel.CONTROLS, payload -> started.wake());
    started.start();
  }

  private Duration round() {
    watch.round();
    return LOOK;
  }

  @Override
  public void stop() {
    try {
      if (listener != null) {
        listener.close();
      }
    } catch (Exception e) {
      throw new IllegalStateException("a listener did not close", e);
    }
    if (loop != null) {
      loop.close();
    }
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }
}
