package io.alphakite.streaming.retention;

/** What may be wrong with the tables' partitions. */
public enum PartitionTrouble {
  /** Rows wait in a default partition. */
  ROWS_WAIT("rows wait in a default partition"),
  /** There is no room for the days to come. */
  SHORT("the next days have no partition"),
  /** The job that makes, moves and drops them fails, or nobody has seen it for hours. */
  JOB_FAILS("the job that makes them fails");

  private final String words;

  PartitionTrouble(String words) {
    this.words = words;
  }

  /** For a person; always the same. */
  public String words() {
    return words;
  }
}
