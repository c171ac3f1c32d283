package io.alphakite.streaming.spill;

/**
 * What an earlier process left behind.
 *
 * @param records whole ones, to be written
 * @param tornBytes cut off at the ends of files: what was being written when the process died
 * @param damagedBytes passed over between whole records, or in files that cannot be read at all
 * @param otherDatabaseBytes in files written for another database, left alone
 */
public record Leftovers(long records, long tornBytes, long damagedBytes, long otherDatabaseBytes) {

  /** Nothing was there. */
  public static final Leftovers NONE = new Leftovers(0, 0, 0, 0);

  /** Whether something that was written cannot be read. */
  public boolean incomplete() {
    return tornBytes > 0 || damagedBytes > 0;
  }
}
