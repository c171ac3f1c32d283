package io.alphakite.schwab.stream;

/**
 * How CHART_EQUITY numbers its fields. Schwab's guide and its traffic differ; a bar that does not
 * fit the layout set is quarantined, never read with wrong numbers.
 */
public enum ChartLayout {
  /** As captured: 1 minute since 07:00 ET, 2 to 5 open, high, low, close, 6 volume. */
  OBSERVED,
  /** As the guide says: 1 to 4 open, high, low, close, 5 volume, 6 the minute. */
  DOCUMENTED
}
