package io.alphakite.streaming.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.Period;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionPlanTest {
  private static final Instant MARKET = Instant.parse("2026-11-20T15:00:00Z");
  private static final Instant WALL = Instant.parse("2026-11-20T15:00:00Z");

  @Test
  void aMonthGoesOnceAllOfItIsTooOld() {
    RetentionSettings settings = RetentionSettings.from(Settings.of(Map.of()));
    List<Partition> months =
        List.of(
            month("equity_data", "2024-10"), // ended 2024-11-01: two years and 19 days ago
            month("equity_data", "2024-11"), // its last day is not two years old
            month("indicators", "2024-10"),
            month("option_prices", "2026-07"), // ended 111 days ago
            month("option_prices", "2026-08"), // ended 80 days ago
            month("streaming_metrics", "2026-07"));
    assertThat(names(RetentionPlan.of(months, settings, MARKET, WALL, 0)))
        .containsExactly(
            "equity_data_2024_10",
            "indicators_2024_10",
            "option_prices_2026_07",
            "streaming_metrics_2026_07");
    // Market data ages by market time, the service's own figures by the wall.
    assertThat(
            names(
                RetentionPlan.of(months, settings, Instant.parse("2013-10-08T15:00:00Z"), WALL, 0)))
        .containsExactly("streaming_metrics_2026_07");
    assertThat(names(RetentionPlan.of(months, settings, Instant.EPOCH, WALL, 0)))
        .containsExactly("streaming_metrics_2026_07");
  }

  @Test
  void theDiskLimitTakesTheOldestUntilItFits() {
    RetentionSettings settings =
        RetentionSettings.from(
            Settings.of(Map.of("RETENTION_EQUITY", "forever", "RETENTION_DISK_LIMIT", "500MB")));
    List<Partition> months =
        List.of(
            month("equity_data", "2026-11"),
            month("equity_data", "2026-09"),
            month("equity_data", "2026-10"),
            month("option_prices", "2026-07"));
    // Each month is 100 MB; the old option month counts first.
    assertThat(RetentionPlan.of(months, settings, MARKET, WALL, 750L << 20))
        .containsExactly(
            Map.entry(month("option_prices", "2026-07"), RetentionPlan.Reason.AGE),
            Map.entry(month("equity_data", "2026-09"), RetentionPlan.Reason.DISK),
            Map.entry(month("equity_data", "2026-10"), RetentionPlan.Reason.DISK));
    assertThat(names(RetentionPlan.of(months, settings, MARKET, WALL, 600L << 20)))
        .containsExactly("option_prices_2026_07");
  }

  @Test
  void readsAgesAndSizes() {
    RetentionSettings settings =
        RetentionSettings.from(
            Settings.of(
                Map.of(
                    "RETENTION_EQUITY", "18m",
                    "RETENTION_OPTIONS", "forever",
                    "RETENTION_DISK_LIMIT", "20GB",
                    "RETENTION_EXPORT_DIR", "/var/lib/kite/export")));
    assertThat(settings.equity()).isEqualTo(Period.ofMonths(18));
    assertThat(settings.options()).isNull();
    assertThat(settings.metrics()).isEqualTo(Period.ofDays(90));
    assertThat(settings.diskLimitBytes()).isEqualTo(20L << 30);
    assertThat(settings.exportDirectory()).isEqualTo(Path.of("/var/lib/kite/export"));
  }

  @ParameterizedTest
  @CsvSource({
    "RETENTION_EQUITY, 2 years",
    "RETENTION_EQUITY, 0d",
    "RETENTION_OPTIONS, -90d",
    "RETENTION_METRICS, 90",
    "RETENTION_DISK_LIMIT, 20",
    "RETENTION_DISK_LIMIT, 1.5GB",
    "RETENTION_DISK_LIMIT, 20gb",
  })
  void refusesWhatIsNone(String name, String value) {
    assertThatThrownBy(() -> RetentionSettings.from(Settings.of(Map.of(name, value))))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(name + "=" + value + " is not ");
  }

  private static Partition month(String table, String month) {
    return new Partition(table, YearMonth.parse(month), 100L << 20);
  }

  private static List<String> names(Map<Partition, RetentionPlan.Reason> plan) {
    return plan.keySet().stream().map(Partition::name).toList();
  }
}
