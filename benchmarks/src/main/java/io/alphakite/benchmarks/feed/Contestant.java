package io.alphakite.benchmarks.feed;

import java.io.IOException;
import java.sql.SQLException;

/** Somebody who brings a stretch of ticks into the database. */
interface Contestant extends AutoCloseable {

  /** As the table of results names it. */
  String name();

  /**
   * Takes one stretch, from the first frame to the commit of the last row.
   *
   * @return the nanoseconds it took
   */
  long run(TickTape.Stretch stretch) throws IOException, SQLException, InterruptedException;

  @Override
  void close() throws IOException;
}
