package io.alphakite.streaming.retention;

import io.alphakite.platform.settings.Settings;
import java.nio.file.Path;
import java.time.Period;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long what is kept.
 *
 * @param equity {@code RETENTION_EQUITY}: prices and indicators; null means for ever
 * @param options {@code RETENTION_OPTIONS}; null means for ever
 * @param metrics {@code RETENTION_METRICS}: the service's own figures; null means for ever
 * @param diskLimitBytes {@code RETENTION_DISK_LIMIT} of the database; {@link Long#MAX_VALUE} means
 *     none
 * @param exportDirectory {@code RETENTION_EXPORT_DIR}: where a month goes before it is dropped;
 *     null means nowhere
 */
public record RetentionSettings(
    @Nullable Period equity,
    @Nullable Period options,
    @Nullable Period metrics,
    long diskLimitBytes,
    @Nullable Path exportDirectory) {

  private static final Pattern AGE = Pattern.compile("([1-9][0-9]{0,4})([dmy])");
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})(MB|GB|TB)");

  /**
   * Reads the five settings.
   *
   * @throws io.alphakite.platform.settings.SettingsException naming the one that cannot be used
   */
  public static RetentionSettings from(Settings settings) {
    return new RetentionSettings(
        age(settings, "RETENTION_EQUITY", "2y"),
        age(settings, "RETENTION_OPTIONS", "90d"),
        age(settings, "RETENTION_METRICS", "90d"),
        settings.parsed(
            "RETENTION_DISK_LIMIT",
            "none",
            "a size such as 500MB, 20GB or 1TB, or none",
            RetentionSettings::bytes),
        settings.text("RETENTION_EXPORT_DIR").map(Path::of).orElse(null));
  }

  private static @Nullable Period age(Settings settings, String name, String otherwise) {
    Period age =
        settings.parsed(
            name,
            otherwise,
            "an age such as 90d, 18m or 2y, or forever",
            text -> text.equals("forever") ? Period.ZERO : period(text));
    return age.isZero() ? null : age;
  }

  private static Period period(String text) {
    Matcher age = AGE.matcher(text);
    if (!age.matches()) {
      throw new IllegalArgumentException(text);
    }
    int number = Integer.parseInt(age.group(1));
    return switch (age.group(2)) {
      case "d" -> Period.ofDays(number);
      case "m" -> Period.ofMonths(number);
      default -> Period.ofYears(number);
    };
  }

  private static long bytes(String text) {
    if (text.equals("none")) {
      return Long.MAX_VALUE;
    }
    Matcher size = SIZE.matcher(text);
    if (!size.matches()) {
      throw new IllegalArgumentException(text);
    }
    int shift =
        switch (size.group(2)) {
          case "MB" -> 20;
          case "GB" -> 30;
          default -> 40;
        };
    return Math.multiplyExact(Long.parseLong(size.group(1)), 1L << shift);
  }
}
