package io.alphakite.streaming.spill;

import java.util.List;
import java.util.UUID;

/**
 * Records that follow each other in one segment, to be taken together.
 *
 * @param segment whose they are
 * @param from how many records of the segment come before these
 * @param ends where each of them ends in the file
 * @param afterDamage whether something that cannot be read any more lay before the first of them
 */
public record Chunk(
    UUID segment, long from, List<byte[]> payloads, List<Long> ends, boolean afterDamage) {

  /** How many records of the segment are taken once these are. */
  public long to() {
    return from + payloads.size();
  }

  /** The first of these records alone. */
  public Chunk first(int count) {
    return new Chunk(
        segment, from, payloads.subList(0, count), ends.subList(0, count), afterDamage);
  }

  /** Where the next record begins. */
  long end() {
    return ends.getLast();
  }
}
