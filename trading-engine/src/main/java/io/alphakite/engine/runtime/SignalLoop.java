package io.alphakite.engine.runtime;

import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.signal.SignalRounds;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Looks for crossovers whenever rows arrive, whether or not there is a broker to trade with. */
final class SignalLoop implements SmartLifecycle {

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration SETTLING = Duration.ofMillis(100);

  private final SignalRounds rounds;
  private final EngineClock clock;
  private final Notifications notifications;
  private @Nullable Loop loop;

  SignalLoop(SignalRounds rounds, EngineClock clock, Notifications notifications) {
    this.rounds = rounds;
    this.clock = clock;
    this.notifications = notifications;
  }

  @Override
  public void start() {
    // The pause bounds what looking costs; 20 ms are less than a second of the market at 30 times.
    loop =
        new Loop("signals", Duration.ofMillis(20), this::round, failure -> {})
            .wokenBy(notifications, Channel.MARKET_DATA)
            .givingWayToTrades(notifications)
            .start();
  }

  private Duration round() {
    Instant now = clock.market();
    int looked = now.isAfter(Instant.EPOCH) ? rounds.round(now) : 0;
    // A last second is finished by the passing of market time alone, which nobody notifies of.
    return looked > 0 ? SETTLING : IDLE;
  }

  /** How long ago a round last succeeded. */
  Duration sinceSuccess() {
    Loop running = loop;
    return running == null ? Duration.ZERO : running.sinceSuccess();
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
