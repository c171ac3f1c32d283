package io.alphakite.streaming.retention;

import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which months should go: a pure function of what there is, what time it is and the settings. */
final class RetentionPlan {

  /** Why a month goes. */
  enum Reason {
    AGE,
    DISK
  }

  static final String METRICS = "streaming_metrics";
  static final String OPTIONS = "option_prices";

  private RetentionPlan() {}

  /**
   * Those that should go, the oldest first.
   *
   * @param marketNow by which market data ages; {@link Instant#EPOCH} when it is not known: then
   *     none does
   * @param wallNow by which the service's own figures age
   * @param databaseBytes the size that the limit is held against
   */
  static Map<Partition, Reason> of(
      List<Partition> partitions,
      RetentionSettings settings,
      Instant marketNow,
      Instant wallNow,
      long databaseBytes) {
    Map<Partition, Reason> plan = new LinkedHashMap<>();
    List<Partition> oldestFirst =
        partitions.stream()
            .sorted(Comparator.comparing(Partition::month).thenComparing(Partition::table))
            .toList();
    long left = databaseBytes;
    for (Partition partition : oldestFirst) {
      Instant now = partition.table().equals(METRICS) ? wallNow : marketNow;
      if (old(partition, age(partition, settings), now)) {
        plan.put(partition, Reason.AGE);
        left -= partition.bytes();
      }
    }
    for (Partition partition : oldestFirst) {
      if (left <= settings.diskLimitBytes()) {
        break;
      }
      if (!plan.containsKey(partition)) {
        plan.put(partition, Reason.DISK);
        left -= partition.bytes();
      }
    }
    return plan;
  }

  private static @Nullable Period age(Partition partition, RetentionSettings settings) {
    return switch (partition.table()) {
      case METRICS -> settings.metrics();
      case OPTIONS -> settings.options();
      default -> settings.equity();
    };
  }

  private static boolean old(Partition partition, @Nullable Period age, Instant now) {
    return age != null
        && !now.equals(Instant.EPOCH)
        && !partition.end().isAfter(now.atOffset(ZoneOffset.UTC).minus(age).toInstant());
  }
}
