package io.alphakite.engine.runtime;

import io.alphakite.engine.halt.HaltBooks;
import io.alphakite.engine.halt.HaltWatch;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Watches the halt file from the start on, whether or not there is a broker to trade with. */
final class HaltLoop implements SmartLifecycle {

  private static final Duration LOOK = Duration.ofMillis(500);

  private final HaltWatch watch;
  private final Supplier<Optional<HaltBooks.Holder>> holder;
  private final Notifications notifications;
  private @Nullable Loop loop;

  /**
   * A loop.
   *
   * @param holder of the account; empty while this engine has none
   */
  HaltLoop(
      HaltWatch watch, Supplier<Optional<HaltBooks.Holder>> holder, Notifications notifications) {
    this.watch = watch;
    this.holder = holder;
    this.notifications = notifications;
  }

  @Override
  public void start() {
    loop =
        new Loop("halt", Duration.ofMillis(20), this::round, failure -> {})
            .wokenBy(notifications, Channel.CONTROLS)
            .start();
  }

  private Duration round() {
    watch.round(holder.get().orElse(null));
    return LOOK;
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
