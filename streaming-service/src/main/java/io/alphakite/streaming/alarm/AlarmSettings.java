package io.alphakite.streaming.alarm;

import io.alphakite.platform.settings.Settings;
import java.time.Duration;

/**
 * When a person must hear of something.
 *
 * @param noData {@code ALARM_NO_DATA_MINUTES}: no data of any ticker for so long while the market
 *     is open
 * @param stale a feed that is dead or mute for so long while the market is open
 * @param errors {@code ALARM_ERRORS}: more errors than that in five minutes
 * @param clockSkew a clock that is further off Schwab's than that
 * @param hold an alarm is cleared when its cause has been away for so long
 * @param every how often it is looked
 */
public record AlarmSettings(
    Duration noData,
    Duration stale,
    int errors,
    Duration clockSkew,
    Duration hold,
    Duration every) {

  /** What settings do not name. */
  public static final AlarmSettings DEFAULT =
      new AlarmSettings(
          Duration.ofMinutes(15),
          Duration.ofSeconds(30),
          3,
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          Duration.ofSeconds(1));

  /** Reads {@code ALARM_NO_DATA_MINUTES} and {@code ALARM_ERRORS}. */
  public static AlarmSettings from(Settings settings) {
    return new AlarmSettings(
        Duration.ofMinutes(settings.integer("ALARM_NO_DATA_MINUTES", 15, 1, 1_440)),
        DEFAULT.stale,
        settings.integer("ALARM_ERRORS", DEFAULT.errors, 0, 1_000),
        DEFAULT.clockSkew,
        DEFAULT.hold,
        DEFAULT.every);
  }
}
