package io.alphakite.suite.data;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is stored.
 *
 * @param bytes of the whole database on disk
 * @param gaps of the ledger, by ticker and state; empty when nothing was ever missed
 */
record StoredData(
    long bytes,
    List<Table> tables,
    List<Series> series,
    List<CandleSeries> candles,
    Map<String, Map<String, Long>> gaps,
    List<Drop> drops) {

  /**
   * A partitioned table.
   *
   * @param waiting rows in the default partition, counted to 10,000
   * @param coveredUntil until when its months have partitions; null when the current one has none
   */
  record Table(
      String name,
      long bytes,
      long rows,
      boolean rowsEstimated,
      List<Partition> partitions,
      long waiting,
      @Nullable Instant coveredUntil) {}

  /**
   * A month of a table.
   *
   * @param month as in {@code 2013-10}
   */
  record Partition(String name, String month, long bytes, long rows, boolean rowsEstimated) {}

  /**
   * The rows of one ticker in one table.
   *
   * @param rows estimated by the database where a month is too big to count
   * @param emptySessions regular sessions between first and last without any row; null when they
   *     were not looked for
   */
  record Series(
      String table,
      String ticker,
      long rows,
      boolean rowsEstimated,
      Instant first,
      Instant last,
      @Nullable Integer emptySessions) {}

  /** Downloaded candles of one ticker and interval. */
  record CandleSeries(
      String ticker, String bar, long rows, boolean rowsEstimated, Instant first, Instant last) {}

  /** A partition that will go. */
  record Drop(String partition, String reason, Instant dueAt) {}
}
