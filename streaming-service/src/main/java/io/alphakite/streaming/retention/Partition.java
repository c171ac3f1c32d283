package io.alphakite.streaming.retention;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * One UTC month of a partitioned table.
 *
 * @param table as in {@code equity_data}
 * @param bytes on disk, indexes included
 */
record Partition(String table, YearMonth month, long bytes) {

  /** The partition's own name. */
  String name() {
    return "%s_%04d_%02d".formatted(table, month.getYear(), month.getMonthValue());
  }

  Instant start() {
    return month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }

  /** Exclusive. */
  Instant end() {
    return month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
  }
}
